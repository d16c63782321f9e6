/** lldb's commands, made in a loop from the core's table. */
#include "plugin.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <unistd.h>

/* C lets a struct and a function share a name; C++ only with a warning. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
extern "C" {
#include "dwarf/dwarf.h"
}
#pragma GCC diagnostic pop

using namespace lldb;

namespace lldb
{
bool PluginInitialize(SBDebugger debugger);
}

struct lldb_ui {
	struct vole_ui ui; /* first */
	struct plugin *plugin;
	SBCommandReturnObject *result;
	bool (*requested)(SBDebugger *); /* NULL before lldb 17 */
	bool shown; /* progress is on the terminal's last line */
	bool in_line; /* and must not be: output there has not ended its line */
};

static void clear_progress(struct lldb_ui *ui)
{
	if (ui->shown)
		fputs("\r\033[K", stderr);
	ui->shown = false;
}

static void ui_write(struct vole_ui *ui, const char *text, size_t len)
{
	struct lldb_ui *lldb_ui = (struct lldb_ui *)ui;
	size_t done, n;

	clear_progress(lldb_ui);
	/* PutCString() would end each piece with a newline. */
	for (done = 0; done < len; done += n) {
		n = len - done < 1 << 20 ? len - done : 1 << 20;
		lldb_ui->result->Printf("%.*s", (int)n, text + done);
	}
	lldb_ui->in_line = text[len - 1] != '\n';
}

static bool ui_interrupted(struct vole_ui *ui)
{
	struct lldb_ui *lldb_ui = (struct lldb_ui *)ui;
	SBDebugger *debugger = &lldb_ui->plugin->debugger;

	if (lldb_ui->requested)
		return lldb_ui->requested(debugger);
	return debugger->GetCommandInterpreter().WasInterrupted();
}

static void ui_progress(struct vole_ui *ui, double done)
{
	struct lldb_ui *lldb_ui = (struct lldb_ui *)ui;

	if (lldb_ui->in_line)
		return;
	fprintf(stderr, "\r%3.0f %%\033[K", 100 * done);
	lldb_ui->shown = true;
}

static bool at_terminal(SBCommandInterpreter interpreter)
{
	return interpreter.IsActive() && isatty(STDIN_FILENO) &&
	       isatty(STDOUT_FILENO);
}

/*
 * What is typed is answered as it is found, and so can be interrupted at once.
 * Who has a line run by HandleCommand() wants the text in the result, without
 * colours.
 */
static void ui_init(struct lldb_ui *ui, struct plugin *plugin,
		    SBCommandReturnObject *result, bool typed)
{
	const char *no_color = getenv("NO_COLOR");

	*ui = {};
	ui->ui.write = ui_write;
	ui->ui.interrupted = ui_interrupted;
	ui->plugin = plugin;
	ui->result = result;
	*(void **)&ui->requested = dlsym(
		RTLD_DEFAULT, "_ZN4lldb10SBDebugger18InterruptRequestedEv");
	if (!typed || !at_terminal(plugin->debugger.GetCommandInterpreter()))
		return;
	result->SetImmediateOutputFile(plugin->debugger.GetOutputFile());
	ui->ui.color = plugin->debugger.GetUseColor() &&
		       !(no_color && *no_color);
	if (isatty(STDERR_FILENO))
		ui->ui.progress = ui_progress;
}

/* A goroutine is chosen until the program runs on. */
static void see_stop(struct plugin *plugin)
{
	SBTarget target = plugin->debugger.GetSelectedTarget();
	uint32_t stop = target.GetProcess().GetStopID();

	if (stop != plugin->stop)
		vole_session_unchoose(plugin->session);
	plugin->stop = stop;
}

static bool run(struct plugin *plugin, const char *line, bool typed,
		SBCommandReturnObject &result)
{
	struct vole_outcome outcome = {};
	struct lldb_ui ui;

	if (!plugin->session)
		plugin->session =
			vole_session_open(&plugin->host, vole_dwarf_open);
	if (!plugin->session) {
		result.SetError("out of memory");
		return false;
	}
	plugin->num_runs++;
	see_stop(plugin);
	ui_init(&ui, plugin, &result, typed);
	vole_session_run(plugin->session, &ui.ui, line, &outcome);
	clear_progress(&ui);
	if (outcome.exit >= 2) {
		result.SetError(outcome.message);
		return false;
	}
	result.SetStatus(eReturnStatusSuccessFinishResult);
	return true;
}

class command : public SBCommandPluginInterface
{
public:
	command(struct plugin *owner, const char *word)
		: plugin(owner), name(word)
	{
	}

	bool DoExecute(SBDebugger debugger, char **args,
		       SBCommandReturnObject &result) override
	{
		struct vole_strbuf line = {};
		bool typed, ok;

		vole_strbuf_add(&line, name);
		vole_strbuf_add_char(&line, ' ');
		vole_lldb_raw_line(debugger.GetCommandInterpreter(), name, args,
				   &line, &typed);
		plugin->debugger = debugger;
		ok = run(plugin, vole_strbuf_text(&line), typed, result);
		vole_strbuf_free(&line);
		return ok;
	}

private:
	struct plugin *plugin;
	const char *name;
};

/*
 * A program that loads liblldb for itself, as Python does, hides its symbols
 * from us: make them visible before the first is bound. Whoever calls
 * PluginInitialize() is in it, whatever its name.
 */
static void make_visible(void *in_lldb)
{
	Dl_info info;

	if (dladdr(in_lldb, &info) && info.dli_fname)
		dlopen(info.dli_fname, RTLD_LAZY | RTLD_NOLOAD | RTLD_GLOBAL);
}

static void add_from_table(SBCommand &go, struct plugin *plugin, size_t index)
{
	const char *word = vole_command_name(index);
	char *help = vole_command_help(index);
	size_t n = 0;

	/* No line to repeat with: Enter repeats the whole one. */
	for (; word; word = vole_command_alias(index, n++))
		go.AddCommand(word, new command(plugin, word),
			      vole_command_summary(index), help, nullptr);
	free(help);
}

static void add_commands(SBDebugger debugger)
{
	SBCommand go = debugger.GetCommandInterpreter().AddMultiwordCommand(
		"go", "Show the inside of a Go program.");
	struct plugin *plugin;
	size_t i;

	if (!go.IsValid())
		return; /* loaded before */
	plugin = new struct plugin();
	plugin->debugger = debugger;
	vole_lldb_host_init(plugin);
	for (i = 0; i < vole_num_commands(); i++)
		add_from_table(go, plugin, i);
}

__attribute__((visibility("default"))) bool
lldb::PluginInitialize(SBDebugger debugger)
{
	make_visible(__builtin_return_address(0));
	add_commands(debugger);
	return true;
}
