#include "shell.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "edit.h"

enum { MAX_COMPLETIONS = 200 };

static volatile sig_atomic_t interrupted;

struct cli_ui {
	struct vole_ui ui; /* first */
	bool shown; /* progress is on the terminal's last line */
	bool in_line; /* and must not be: output there has not ended its line */
};

static void on_interrupt(int signal)
{
	(void)signal;
	interrupted = 1;
}

static void clear_progress(struct cli_ui *ui)
{
	if (ui->shown)
		fputs("\r\033[K", stderr);
	ui->shown = false;
}

static void ui_write(struct vole_ui *ui, const char *text, size_t len)
{
	struct cli_ui *cli_ui = (struct cli_ui *)ui;

	clear_progress(cli_ui);
	fwrite(text, 1, len, stdout);
	cli_ui->in_line = text[len - 1] != '\n' && isatty(STDOUT_FILENO);
}

static bool ui_interrupted(struct vole_ui *ui)
{
	(void)ui;
	return interrupted;
}

static void ui_progress(struct vole_ui *ui, double done)
{
	struct cli_ui *cli_ui = (struct cli_ui *)ui;

	if (cli_ui->in_line)
		return;
	fprintf(stderr, "\r%3.0f %%\033[K", 100 * done);
	cli_ui->shown = true;
}

static void show_error(const char *message)
{
	fflush(stdout);
	fprintf(stderr, "error: %s\n", message);
}

int shell_error(const struct vole_error *err)
{
	show_error(err->text);
	return vole_code_exit(err->code);
}

static bool use_color(void)
{
	const char *no_color = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	return isatty(STDOUT_FILENO) && !(no_color && *no_color) && term &&
	       strcmp(term, "dumb") != 0;
}

void shell_init(struct shell *shell, struct vole_session *session)
{
	/* Without SA_RESTART, so that a prompt notices. */
	struct sigaction action = { .sa_handler = on_interrupt };

	*shell = (struct shell){ .session = session };
	sigaction(SIGINT, &action, NULL);
}

static void run_command(struct shell *shell, const char *line)
{
	struct vole_outcome outcome = { 0 };
	struct cli_ui ui = {
		.ui = {
			.write = ui_write,
			.interrupted = ui_interrupted,
			.color = use_color(),
		},
	};

	if (isatty(STDERR_FILENO))
		ui.ui.progress = ui_progress;
	vole_session_run(shell->session, &ui.ui, line, &outcome);
	clear_progress(&ui);
	if (outcome.exit >= 2)
		show_error(outcome.message);
	if (outcome.exit > shell->exit)
		shell->exit = outcome.exit;
}

/* A line as gdb and lldb take it: "go print x"; "go" alone lists commands. */
static const char *without_prefix(const char *line)
{
	if (strncmp(line, "go", 2) != 0 || (line[2] && !strchr(" \t", line[2])))
		return line;
	line += 2 + strspn(line + 2, " \t");
	return *line ? line : "help";
}

void shell_run(struct shell *shell, const char *line)
{
	line += strspn(line, " \t");
	if (!*line || *line == '#')
		return;
	line = without_prefix(line);
	if (!strcmp(line, "quit") || !strcmp(line, "q") ||
	    !strcmp(line, "exit")) {
		shell->done = true;
		return;
	}
	run_command(shell, line);
	if (!interrupted)
		return;
	shell->exit = SHELL_INTERRUPTED;
	shell->done = true;
}

/* At a prompt Ctrl-C ended a command or a line, and that is all. */
static void forget_interrupt(struct shell *shell, int exit_before)
{
	if (!interrupted)
		return;
	interrupted = 0;
	shell->exit = exit_before;
	shell->done = false;
}

static void complete(void *arg, const char *line,
		     void (*each)(void *each_arg, const char *word),
		     void *each_arg)
{
	struct shell *shell = arg;
	const char *rest = strncmp(line, "go ", 3) ? line : line + 3;

	vole_session_complete(shell->session, rest, MAX_COMPLETIONS, each,
			      each_arg);
}

static void run_prompt(struct shell *shell)
{
	struct edit *edit = edit_open("vole> ", complete, shell);
	enum edit_result result = EDIT_LINE;

	while (edit && !shell->done && result != EDIT_END) {
		int before = shell->exit;
		const char *line;

		fflush(stdout);
		result = edit_read(edit, &line);
		if (result == EDIT_LINE)
			shell_run(shell, line);
		forget_interrupt(shell, before);
	}
	edit_close(edit);
}

/* Can the keys of one be edited? */
static bool is_able(void)
{
	const char *term = getenv("TERM");

	return term && *term && strcmp(term, "dumb") != 0;
}

static void prompt(bool terminal)
{
	if (!terminal)
		return;
	fputs("vole> ", stdout);
	fflush(stdout);
}

static void run_lines(struct shell *shell, FILE *file, bool terminal)
{
	char *line = NULL;
	size_t room = 0;

	while (!shell->done) {
		prompt(terminal);
		if (getline(&line, &room, file) < 0)
			break;
		line[strcspn(line, "\r\n")] = '\0';
		shell_run(shell, line);
		/* For a program at the other end that asks by what it read. */
		fflush(stdout);
	}
	free(line);
}

void shell_run_file(struct shell *shell, FILE *file)
{
	bool terminal = file == stdin && isatty(STDIN_FILENO) &&
			isatty(STDOUT_FILENO);

	if (terminal && is_able())
		run_prompt(shell);
	else
		run_lines(shell, file, terminal);
	if (interrupted)
		shell->exit = SHELL_INTERRUPTED;
}
