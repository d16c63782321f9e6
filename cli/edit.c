#include "edit.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "base/array.h"
#include "base/quote.h"
#include "line.h"

enum {
	MAX_HISTORY = 500,
	USUAL_WIDTH = 80,
	ESCAPE_WAIT = 50, /* ms for the rest of a key's sequence */
	NO_KEY = -1,
};

/* Keys by the control character that does the same, and some that have none. */
enum key {
	KEY_NONE = 0,
	KEY_HOME = 'A' & 31,
	KEY_LEFT = 'B' & 31,
	KEY_CANCEL = 'C' & 31,
	KEY_END = 'D' & 31,
	KEY_LINE_END = 'E' & 31,
	KEY_RIGHT = 'F' & 31,
	KEY_RUB = 'H' & 31,
	KEY_TAB = 'I' & 31,
	KEY_ENTER = 'J' & 31,
	KEY_CUT_REST = 'K' & 31,
	KEY_CLEAR = 'L' & 31,
	KEY_RETURN = 'M' & 31,
	KEY_NEXT = 'N' & 31,
	KEY_BEFORE = 'P' & 31,
	KEY_CUT_ALL = 'U' & 31,
	KEY_CUT_WORD = 'W' & 31,
	KEY_SUSPEND = 'Z' & 31,
	KEY_ESCAPE = 27,
	KEY_BACKSPACE = 127,
	KEY_DELETE = 256,
};

struct edit {
	const char *prompt;
	edit_complete *complete;
	void *arg;
	struct termios usual;
	struct line line;
	struct vole_strbuf out;
	VOLE_ARRAY(char *) history;
	size_t shown; /* of history; its length: what is being typed */
	char *typed; /* that, while history is shown */
};

struct edit *edit_open(const char *prompt, edit_complete *complete, void *arg)
{
	struct edit *e = calloc(1, sizeof(*e));

	if (!e)
		return NULL;
	e->prompt = prompt;
	e->complete = complete;
	e->arg = arg;
	return e;
}

void edit_close(struct edit *e)
{
	size_t i;

	if (!e)
		return;
	for (i = 0; i < e->history.len; i++)
		free(e->history.items[i]);
	vole_array_free(&e->history);
	line_free(&e->line);
	vole_strbuf_free(&e->out);
	free(e->typed);
	free(e);
}

/* --- the terminal ---------------------------------------------------------- */

static void flush(struct edit *e)
{
	size_t done = 0;
	ssize_t n;

	while (done < e->out.len) {
		n = write(STDOUT_FILENO, e->out.text + done, e->out.len - done);
		if (n < 0 && errno != EINTR)
			break;
		done += n > 0 ? (size_t)n : 0;
	}
	vole_strbuf_clear(&e->out);
}

static size_t terminal_width(void)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || !size.ws_col)
		return USUAL_WIDTH;
	return size.ws_col;
}

/* The part of the line around the cursor that fits beside the prompt. */
static void paint(struct edit *e)
{
	size_t prompt = strlen(e->prompt), room = terminal_width(), from, to;
	size_t column = prompt;

	room = room > prompt + 1 ? room - prompt - 1 : 1;
	for (from = e->line.at; from && column - prompt < room; column++)
		from = line_before(&e->line, from);
	for (to = e->line.at, room -= column - prompt;
	     to < e->line.text.len && room; room--)
		to = line_after(&e->line, to);
	vole_strbuf_add_char(&e->out, '\r');
	vole_strbuf_add(&e->out, e->prompt);
	vole_strbuf_add_bytes(&e->out, vole_strbuf_text(&e->line.text) + from,
			      to - from);
	vole_strbuf_printf(&e->out, "\033[K\r\033[%zuC", column);
	flush(e);
}

static bool raw(struct edit *e)
{
	struct termios typing;

	if (tcgetattr(STDIN_FILENO, &e->usual))
		return false;
	typing = e->usual;
	typing.c_iflag &= ~(tcflag_t)(ICRNL | IXON | ISTRIP | INLCR);
	typing.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG | IEXTEN);
	typing.c_cc[VMIN] = 1;
	typing.c_cc[VTIME] = 0;
	return !tcsetattr(STDIN_FILENO, TCSADRAIN, &typing);
}

static void leave_raw(const struct edit *e)
{
	tcsetattr(STDIN_FILENO, TCSADRAIN, &e->usual);
}

/* --- keys ------------------------------------------------------------------ */

static int read_byte(void)
{
	unsigned char byte;
	ssize_t n = read(STDIN_FILENO, &byte, 1);

	if (n == 1)
		return byte;
	return n < 0 && errno == EINTR ? KEY_CANCEL : NO_KEY;
}

static int read_more(void)
{
	struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };

	return poll(&input, 1, ESCAPE_WAIT) == 1 ? read_byte() : NO_KEY;
}

/* What terminals send for a key: ESC [ or O, numbers, a letter or '~'. */
static int read_sequence(void)
{
	static const char letters[] = "ABCDHF";
	static const int named[] = { KEY_BEFORE, KEY_NEXT, KEY_RIGHT,
				     KEY_LEFT,	 KEY_HOME, KEY_LINE_END };
	static const int numbered[] = {
		KEY_NONE, KEY_HOME, KEY_NONE, KEY_DELETE,  KEY_LINE_END,
		KEY_NONE, KEY_NONE, KEY_HOME, KEY_LINE_END
	};
	int byte = read_more(), first = 0;
	const char *letter;

	if (byte != '[' && byte != 'O')
		return KEY_NONE;
	byte = read_more();
	if (byte >= '0' && byte <= '8')
		first = byte - '0';
	while ((byte >= '0' && byte <= '9') || byte == ';')
		byte = read_more();
	if (byte == '~')
		return numbered[first];
	letter = byte > 0 ? strchr(letters, byte) : NULL;
	return letter ? named[letter - letters] : KEY_NONE;
}

/* --- history --------------------------------------------------------------- */

static void remember(struct edit *e)
{
	const char *line = vole_strbuf_text(&e->line.text);
	size_t len = e->history.len;
	char *copy, **added;

	if (!line[strspn(line, " ")] ||
	    (len && !strcmp(e->history.items[len - 1], line)))
		return;
	if (len == MAX_HISTORY) {
		free(e->history.items[0]);
		memmove(e->history.items, e->history.items + 1,
			(len - 1) * sizeof(*e->history.items));
		e->history.len--;
	}
	copy = strdup(line);
	added = copy ? vole_array_push(&e->history) : NULL;
	if (added)
		*added = copy;
	else
		free(copy);
}

static void show(struct edit *e, size_t index)
{
	if (e->shown == e->history.len) {
		free(e->typed);
		e->typed = strdup(vole_strbuf_text(&e->line.text));
	}
	e->shown = index;
	if (index < e->history.len)
		line_set(&e->line, e->history.items[index]);
	else
		line_set(&e->line, e->typed ? e->typed : "");
}

/* --- completion ------------------------------------------------------------ */

struct candidates {
	VOLE_ARRAY(char *) words;
	size_t common; /* bytes that all begin with */
};

/* What the terminal would not show as it is, nobody could check. */
static bool is_plain(const char *word)
{
	struct vole_strbuf escaped = { 0 };
	bool ret;

	vole_escape(&escaped, word, strlen(word));
	ret = !strcmp(vole_strbuf_text(&escaped), word);
	vole_strbuf_free(&escaped);
	return ret;
}

static void add_candidate(void *arg, const char *word)
{
	struct candidates *all = arg;
	char *copy = is_plain(word) ? strdup(word) : NULL;
	char **added = copy ? vole_array_push(&all->words) : NULL;
	size_t i = 0;

	if (!added) {
		free(copy);
		return;
	}
	*added = copy;
	if (all->words.len == 1)
		all->common = strlen(word);
	while (i < all->common && word[i] == all->words.items[0][i])
		i++;
	all->common = i;
}

static void list(struct edit *e, const struct candidates *all)
{
	size_t i;

	for (i = 0; i < all->words.len; i++)
		vole_strbuf_printf(&e->out, "\n%s", all->words.items[i]);
	vole_strbuf_add_char(&e->out, '\n');
	flush(e);
}

static void complete(struct edit *e)
{
	struct candidates all = { 0 };
	char *head = strndup(vole_strbuf_text(&e->line.text), e->line.at);
	size_t from = e->line.at, i;

	while (from && e->line.text.text[from - 1] != ' ')
		from--;
	if (head)
		e->complete(e->arg, head, add_candidate, &all);
	if (all.words.len && all.common > e->line.at - from) {
		line_cut(&e->line, from, e->line.at);
		line_insert(&e->line, all.words.items[0], all.common);
	} else if (all.words.len > 1) {
		list(e, &all);
	}
	for (i = 0; i < all.words.len; i++)
		free(all.words.items[i]);
	vole_array_free(&all.words);
	free(head);
}

/* --- typing ---------------------------------------------------------------- */

static void suspend(struct edit *e)
{
	leave_raw(e);
	raise(SIGTSTP);
	raw(e);
}

static void move(struct edit *e, int key)
{
	switch (key) {
	case KEY_HOME:
		e->line.at = 0;
		break;
	case KEY_LEFT:
		e->line.at = line_before(&e->line, e->line.at);
		break;
	case KEY_RIGHT:
		e->line.at = line_after(&e->line, e->line.at);
		break;
	case KEY_LINE_END:
		e->line.at = e->line.text.len;
		break;
	case KEY_BEFORE:
		if (e->shown)
			show(e, e->shown - 1);
		break;
	case KEY_NEXT:
		if (e->shown < e->history.len)
			show(e, e->shown + 1);
		break;
	default:
		break;
	}
}

static void change(struct edit *e, int key)
{
	char byte = (char)key;

	switch (key) {
	case KEY_RUB:
	case KEY_BACKSPACE:
		line_cut(&e->line, line_before(&e->line, e->line.at),
			 e->line.at);
		break;
	case KEY_END:
	case KEY_DELETE:
		line_cut(&e->line, e->line.at,
			 line_after(&e->line, e->line.at));
		break;
	case KEY_CUT_REST:
		line_cut(&e->line, e->line.at, e->line.text.len);
		break;
	case KEY_CUT_ALL:
		line_cut(&e->line, 0, e->line.at);
		break;
	case KEY_CUT_WORD:
		line_cut(&e->line, line_word(&e->line), e->line.at);
		break;
	case KEY_TAB:
		complete(e);
		break;
	case KEY_CLEAR:
		vole_strbuf_add(&e->out, "\033[H\033[2J");
		break;
	case KEY_SUSPEND:
		suspend(e);
		break;
	default:
		if (key >= ' ' && key < KEY_DELETE)
			line_insert(&e->line, &byte, 1);
		break;
	}
}

/* The rest of a rune that begins with @p first comes at once. */
static void type_rune(struct edit *e, int first)
{
	int more = first >= 0xf0 ? 3 :
		   first >= 0xe0 ? 2 :
		   first >= 0xc0 ? 1 :
				   0;

	change(e, first);
	while (more-- && (first = read_more()) >= 0x80)
		change(e, first);
}

static enum edit_result type(struct edit *e)
{
	for (;;) {
		int key;

		paint(e);
		key = read_byte();
		if (key == KEY_ESCAPE)
			key = read_sequence();
		if (key == KEY_CANCEL)
			return EDIT_CANCELLED;
		if (key == NO_KEY || (key == KEY_END && !e->line.text.len))
			return EDIT_END;
		if (key == KEY_ENTER || key == KEY_RETURN)
			return EDIT_LINE;
		if (key >= 0xc0 && key < KEY_DELETE)
			type_rune(e, key);
		else
			change(e, key);
		move(e, key);
	}
}

enum edit_result edit_read(struct edit *e, const char **ret)
{
	enum edit_result result = EDIT_END;

	line_set(&e->line, "");
	e->shown = e->history.len;
	if (raw(e)) {
		result = type(e);
		e->line.at = e->line.text.len;
		paint(e);
		leave_raw(e);
	}
	vole_strbuf_add(&e->out, result == EDIT_CANCELLED ? "^C\n" : "\n");
	flush(e);
	if (result == EDIT_LINE)
		remember(e);
	*ret = vole_strbuf_text(&e->line.text);
	return result;
}
