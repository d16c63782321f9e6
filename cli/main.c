/** vole: the inside of Go programs, without a debugger. */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/strbuf.h"
#include "dwarf/dwarf.h"
#include "process.h"
#include "shell.h"
#include "vole.h"

static const char usage[] =
	"usage: vole core [EXE] CORE [COMMAND ...]   look inside a core file\n"
	"       vole pid PID [COMMAND ...]           look inside a process\n"
	"       vole help [COMMAND]                  the commands\n"
	"\n"
	"EXE and CORE may come in either order. Without a COMMAND, and without\n"
	"-e and -x, commands are read from a prompt; `quit` ends it. A process\n"
	"is stopped for as long as vole looks at it.\n"
	"\n"
	"  -e COMMAND       run COMMAND; may be repeated\n"
	"  -x FILE          run each line of FILE; - is the standard input\n"
	"  --debug-dir DIR  where separate debug files are (/usr/lib/debug)\n"
	"  --force          go on where core and executable do not match\n"
	"  --version        print the version\n"
	"  --help           print this\n"
	"\n"
	"Exit status: 0 answered, 1 answered and found something wrong, 2 wrong\n"
	"usage, 3 the target could not be read, 130 interrupted; of several\n"
	"commands the worst.\n";

/** -e or -x, in the order they were given. */
struct script {
	const char *text;
	bool is_file;
};

struct options {
	VOLE_ARRAY(struct script) scripts;
	VOLE_ARRAY(char *) words; /* all that is no option of ours */
	const char *debug_dir;
	bool force;
};

/** A core file has no process behind it: the core reads the file itself. */
struct file_host {
	struct vole_host host; /* first */
	const char *exe;
	const char *core;
};

static size_t no_read(struct vole_host *host, uint64_t addr, void *buf,
		      size_t len)
{
	(void)host;
	(void)addr;
	(void)buf;
	(void)len;
	return 0;
}

static uint64_t no_generation(struct vole_host *host)
{
	(void)host;
	return 0;
}

static void file_facts(struct vole_host *host, struct vole_facts *ret)
{
	struct file_host *files = (struct file_host *)host;

	*ret = (struct vole_facts){
		.kind = files->core ? VOLE_TARGET_CORE : VOLE_TARGET_NONE,
		.exe = files->exe,
		.core = files->core,
	};
}

/** The ELF type of a file; ET_NONE for any other; -1 with errno. */
static int elf_type(const char *path)
{
	Elf64_Ehdr head = { 0 };
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, &head, sizeof(head));
	int why = errno;

	if (fd >= 0)
		close(fd);
	errno = why;
	if (n < 0)
		return -1;
	if (n < EI_NIDENT + 2 || memcmp(head.e_ident, ELFMAG, SELFMAG))
		return ET_NONE;
	return head.e_type;
}

static bool file_error(const char *path, int type, struct vole_error *err)
{
	if (type < 0)
		return vole_fail(err, VOLE_NOT_FOUND, VOLE_NOWHERE, "%s: %s",
				 path, strerror(errno));
	return vole_fail(err, VOLE_USAGE, VOLE_NOWHERE,
			 "%s is neither an executable nor a core file", path);
}

/**
 * Take CORE or EXE and CORE, in any order, off the front of @p words. After
 * CORE a word that is no ELF file is a command, unless it is a path.
 */
static bool take_files(char ***words, struct file_host *ret,
		       struct vole_error *err)
{
	const char *path;
	int type;

	for (; **words && !(ret->exe && ret->core); (*words)++) {
		path = **words;
		type = elf_type(path);
		if (type == ET_CORE && !ret->core)
			ret->core = path;
		else if ((type == ET_EXEC || type == ET_DYN) && !ret->exe)
			ret->exe = path;
		else if (ret->core && !strchr(path, '/') && type != ET_CORE)
			break;
		else if (type == ET_CORE || type == ET_EXEC || type == ET_DYN)
			return vole_fail(err, VOLE_USAGE, VOLE_NOWHERE,
					 "%s and %s are both %s",
					 ret->core ? ret->core : ret->exe, path,
					 ret->core ? "core files" :
						     "executables");
		else
			return file_error(path, type, err);
	}
	if (ret->core)
		return true;
	return vole_fail(err, VOLE_USAGE, VOLE_NOWHERE,
			 "no core file is given (vole --help)");
}

static bool take_pid(char ***words, struct process *ret, struct vole_error *err)
{
	const char *word = **words;
	char *end = NULL;
	long pid = word ? strtol(word, &end, 10) : 0;

	if (pid <= 0 || *end || pid != (pid_t)pid)
		return vole_fail(err, VOLE_USAGE, VOLE_NOWHERE,
				 "pid takes a process number%s%s",
				 word ? ", not " : "", word ? word : "");
	(*words)++;
	return process_open(ret, (pid_t)pid, err);
}

/** One line of a COMMAND's arguments. */
static void run_words(struct shell *shell, char **words)
{
	struct vole_strbuf line = { 0 };

	for (; *words; words++) {
		vole_strbuf_add(&line, *words);
		if (words[1])
			vole_strbuf_add_char(&line, ' ');
	}
	shell_run(shell, vole_strbuf_text(&line));
	vole_strbuf_free(&line);
}

static void run_script(struct shell *shell, const struct script *script)
{
	struct vole_error err;
	FILE *file;

	if (!script->is_file) {
		shell_run(shell, script->text);
		return;
	}
	if (!strcmp(script->text, "-")) {
		shell_run_file(shell, stdin);
		return;
	}
	file = fopen(script->text, "re");
	if (file) {
		shell_run_file(shell, file);
		fclose(file);
		return;
	}
	vole_fail(&err, VOLE_NOT_FOUND, VOLE_NOWHERE, "%s: %s", script->text,
		  strerror(errno));
	shell_error(&err);
	if (shell->exit < 2)
		shell->exit = 2;
}

static void run_all(struct shell *shell, const struct options *options,
		    char **words)
{
	size_t i;

	for (i = 0; i < options->scripts.len && !shell->done; i++)
		run_script(shell, &options->scripts.items[i]);
	if (*words && !shell->done)
		run_words(shell, words);
	else if (!options->scripts.len && !*words)
		shell_run_file(shell, stdin);
}

static int run_session(struct vole_host *host, const struct options *options,
		       char **words)
{
	struct vole_session *session = vole_session_open(host, vole_dwarf_open);
	struct vole_strbuf line = { 0 };
	struct vole_error err;
	struct shell shell;

	if (!session) {
		vole_fail_nomem(&err);
		return shell_error(&err);
	}
	vole_session_set_force(session, options->force);
	shell_init(&shell, session);
	if (options->debug_dir) {
		vole_strbuf_printf(&line, "set debug-file-directory %s",
				   options->debug_dir);
		shell_run(&shell, vole_strbuf_text(&line));
		vole_strbuf_free(&line);
	}
	run_all(&shell, options, words);
	vole_session_close(session);
	return shell.exit;
}

static bool is_word(char **words, const char *text)
{
	return *words && !strcmp(*words, text);
}

/** Open what the words name and run the rest of them. */
static int run_target(const struct options *options, char **words)
{
	struct file_host files = {
		.host = { .read = no_read,
			  .generation = no_generation,
			  .facts = file_facts },
	};
	struct process process = { 0 };
	struct vole_error err;
	int ret;

	if (is_word(words, "core")) {
		words++;
		if (!take_files(&words, &files, &err))
			return shell_error(&err);
	} else if (is_word(words, "pid")) {
		words++;
		if (!take_pid(&words, &process, &err))
			return shell_error(&err);
		ret = run_session(&process.host, options, words);
		process_close(&process);
		return ret;
	} else if (!*words && !options->scripts.len) {
		fputs("error: a core or a process is needed\n", stderr);
		fputs(usage, stderr);
		return 2;
	}
	return run_session(&files.host, options, words);
}

/** How many words come before a COMMAND, whose options are its own. */
static bool in_command(const struct options *options)
{
	size_t num = options->words.len;
	char **words = options->words.items;
	bool core;
	int type;

	if (!num)
		return false;
	core = !strcmp(words[0], "core");
	if (!core && strcmp(words[0], "pid") != 0)
		return true;
	if (num < 3)
		return false;
	if (!core || num > 3)
		return true;
	/* core A B: is B the other file or a command? */
	type = elf_type(words[2]);
	return type != ET_CORE && type != ET_EXEC && type != ET_DYN;
}

static bool add_script(struct options *options, const char *text, bool is_file)
{
	struct script *script = vole_array_push(&options->scripts);

	if (!script)
		return false;
	*script = (struct script){ text, is_file };
	return true;
}

/**
 * Take the option at argv[*i], which has a value for those that need one.
 * 0: done; -1: go on; else exit with that.
 */
static int take_option(struct options *options, char **argv, int *i,
		       struct vole_error *err)
{
	const char *name = argv[*i], *value = argv[*i + 1];

	if (!strcmp(name, "--force")) {
		options->force = true;
		return -1;
	}
	if (!strcmp(name, "--help") || !strcmp(name, "-h"))
		return fputs(usage, stdout) < 0 ? 3 : 0;
	if (!strcmp(name, "--version"))
		return printf("vole %s\n", vole_version()) < 0 ? 3 : 0;
	if (!strncmp(name, "--debug-dir=", 12)) {
		options->debug_dir = name + 12;
		return -1;
	}
	if (strcmp(name, "-e") && strcmp(name, "-x") &&
	    strcmp(name, "--debug-dir")) {
		vole_fail(err, VOLE_USAGE, VOLE_NOWHERE,
			  "no option %s (vole --help)", name);
		return shell_error(err);
	}
	if (!value) {
		vole_fail(err, VOLE_USAGE, VOLE_NOWHERE, "%s needs a value",
			  name);
		return shell_error(err);
	}
	++*i;
	if (name[1] == '-')
		options->debug_dir = value;
	else if (!add_script(options, value, name[1] == 'x'))
		vole_fail_nomem(err);
	return -1;
}

static int run_arguments(struct options *options, char **argv)
{
	struct vole_error err;
	bool command = false, all = false;
	char **word;
	int i, ret;

	for (i = 1; argv[i]; i++) {
		if (!command && !all && !strcmp(argv[i], "--")) {
			all = true;
			continue;
		}
		if (!command && !all && argv[i][0] == '-' && argv[i][1]) {
			ret = take_option(options, argv, &i, &err);
			if (ret >= 0)
				return ret;
			continue;
		}
		word = vole_array_push(&options->words);
		if (!word)
			break;
		*word = argv[i];
		command = in_command(options);
	}
	word = vole_array_push(&options->words); /* the NULL at the end */
	return word ? run_target(options, options->words.items) : 3;
}

int main(int argc, char **argv)
{
	struct options options = { 0 };
	int ret;

	(void)argc;
	ret = run_arguments(&options, argv);
	vole_array_free(&options.words);
	vole_array_free(&options.scripts);
	if (fflush(stdout) || ferror(stdout)) {
		fprintf(stderr, "error: cannot write: %s\n", strerror(errno));
		return ret > 3 ? ret : 3;
	}
	return ret;
}
