/*
 * Errors of the standard library: what their methods Error return, as far as
 * that follows from what they hold, and the errors that they wrap.
 */
#include "value/people_private.h"

#include "base/quote.h"

#include <string.h>

enum {
	SIZE_WORD = 8,
	SIZE_IFACE = 16,
	ROOM = 32, /* of a field's name */
	MAX_MESSAGE = 4096,
	MAX_SHOWN = 256,
	MAX_WRAPPED = 16,
};

/*
 * In a format {Field} is a string or the message of an error, or of several,
 * a line each; {Field!} is quoted. All as the methods do it in every release.
 */
static const struct kind {
	const char *name;
	const char *format;
	const char *wraps; /* field with an error or several; NULL: none */
} kinds[] = {
	{ "errors.errorString", "{s}", NULL },
	{ "errors.joinError", "{errs}", "errs" },
	{ "fmt.wrapError", "{msg}", "err" },
	{ "fmt.wrapErrors", "{msg}", "errs" },
	{ "io/fs.PathError", "{Op} {Path}: {Err}", "Err" },
	{ "os.SyscallError", "{Syscall}: {Err}", "Err" },
	{ "os.LinkError", "{Op} {Old} {New}: {Err}", "Err" },
	{ "net.OpError", NULL, "Err" },
	{ "net/url.Error", "{Op} {URL!}: {Err}", "Err" },
	{ "os/exec.Error", "exec: {Name!}: {Err}", "Err" },
	{ "strconv.NumError", "strconv.{Func}: parsing {Num!}: {Err}", "Err" },
	{ "context.deadlineExceededError", "context deadline exceeded", NULL },
	{ "internal/poll.DeadlineExceededError", "i/o timeout", NULL },
	{ "internal/poll.errNetClosing", "use of closed network connection",
	  NULL },
};

static const struct kind *kind_of(const struct vole_type *type)
{
	size_t i;

	if (type->kind == VOLE_KIND_STRUCT)
		for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
			if (!strcmp(type->name, kinds[i].name))
				return &kinds[i];
	return NULL;
}

/* Element @p i of a slice of errors. */
static bool element(const struct vole_people *p, const struct vole_value *slice,
		    uint64_t i, struct vole_value *ret)
{
	struct vole_type *elem = slice->type->elem;
	struct vole_error ignored;
	uint64_t data, len;

	return elem && slice->type->kind == VOLE_KIND_SLICE &&
	       vole_value_word(p->rt, slice, 0, &data, &ignored) &&
	       vole_value_word(p->rt, slice, SIZE_WORD, &len, &ignored) &&
	       i < len &&
	       vole_value_at(p->rt, elem, data + i * SIZE_IFACE, ret,
			     &ignored) &&
	       ret->type->kind == VOLE_KIND_INTERFACE;
}

static uint64_t length(const struct vole_people *p,
		       const struct vole_value *slice)
{
	struct vole_error ignored;
	uint64_t len;

	return vole_value_word(p->rt, slice, SIZE_WORD, &len, &ignored) ? len :
									  0;
}

/* The messages of several, a line each; there is one at least. */
static bool put_messages(const struct vole_people *p,
			 const struct vole_value *slice,
			 struct vole_strbuf *out)
{
	uint64_t len = length(p, slice), i;
	struct vole_value one = { 0 };
	struct vole_people inner = vole_people_inside(p, &one);

	if (!len || len > MAX_WRAPPED)
		return false;
	for (i = 0; i < len; i++) {
		if (i)
			vole_strbuf_add(out, "\n");
		if (!element(p, slice, i, &one) ||
		    !vole_people_message(&inner, out))
			return false;
	}
	return true;
}

static bool put_field(const struct vole_people *p, const char *name,
		      bool quoted, struct vole_strbuf *out)
{
	struct vole_strbuf bytes = { 0 };
	struct vole_value part = { 0 };
	struct vole_people inner = vole_people_inside(p, &part);
	bool ok;

	if (!vole_people_part(p, name, &part))
		return false;
	if (part.type->kind == VOLE_KIND_INTERFACE)
		return vole_people_message(&inner, out);
	if (part.type->kind == VOLE_KIND_SLICE)
		return put_messages(p, &part, out);
	if (!quoted)
		return vole_people_string(p, &part, MAX_MESSAGE, out);
	ok = vole_people_string(p, &part, MAX_MESSAGE, &bytes);
	if (ok)
		vole_quote(out, vole_strbuf_text(&bytes), bytes.len);
	vole_strbuf_free(&bytes);
	return ok;
}

static bool put_format(const struct vole_people *p, const char *format,
		       struct vole_strbuf *out)
{
	char name[ROOM];

	while (*format) {
		size_t len = strcspn(format, "{");
		bool quoted;

		vole_strbuf_add_bytes(out, format, len);
		format += len;
		if (!*format)
			break;
		len = strcspn(++format, "!}");
		if (len >= sizeof(name))
			return false;
		memcpy(name, format, len);
		name[len] = '\0';
		quoted = format[len] == '!';
		format += len + 1 + quoted;
		if (!put_field(p, name, quoted, out))
			return false;
	}
	return true;
}

/* A net.Addr as its String writes it; false where that is not known. */
static bool put_address(const struct vole_people *p,
			const struct vole_value *addr, struct vole_strbuf *out)
{
	struct vole_value pointer, behind = { 0 }, name;
	struct vole_people inner = vole_people_inside(p, &behind);
	const char *text = NULL;

	if (!vole_people_behind(p, addr, &pointer) ||
	    !vole_people_behind(p, &pointer, &behind))
		return false;
	if (!strcmp(behind.type->name, "net.UnixAddr"))
		return vole_people_part(&inner, "Name", &name) &&
		       vole_people_string(p, &name, MAX_MESSAGE, out);
	if (!strcmp(behind.type->name, "net.TCPAddr") ||
	    !strcmp(behind.type->name, "net.UDPAddr"))
		text = vole_people_ip_port(&inner);
	if (text)
		vole_strbuf_add(out, text);
	return text != NULL;
}

static bool is_nil(const struct vole_people *p, const struct vole_value *value)
{
	struct vole_error ignored;
	uint64_t word;

	return vole_value_word(p->rt, value, 0, &word, &ignored) && !word;
}

/* net.OpError.Error: "dial tcp 127.0.0.1:1->[::1]:2: " and the rest. */
static bool put_op(const struct vole_people *p, struct vole_strbuf *out)
{
	struct vole_value source, addr, net;

	if (!vole_people_part(p, "Net", &net) ||
	    !vole_people_part(p, "Source", &source) ||
	    !vole_people_part(p, "Addr", &addr) ||
	    !put_field(p, "Op", false, out))
		return false;
	if (length(p, &net)) {
		vole_strbuf_add(out, " ");
		if (!vole_people_string(p, &net, MAX_MESSAGE, out))
			return false;
	}
	if (!is_nil(p, &source)) {
		vole_strbuf_add(out, " ");
		if (!put_address(p, &source, out))
			return false;
	}
	if (!is_nil(p, &addr)) {
		vole_strbuf_add(out, is_nil(p, &source) ? " " : "->");
		if (!put_address(p, &addr, out))
			return false;
	}
	vole_strbuf_add(out, ": ");
	return put_field(p, "Err", false, out);
}

bool vole_people_message(const struct vole_people *p, struct vole_strbuf *out)
{
	struct vole_value behind = { 0 };
	struct vole_people inner = vole_people_inside(p, &behind);
	const struct kind *kind = kind_of(p->value->type);
	struct vole_error ignored;
	const char *text = NULL;
	uint64_t number;

	if (!vole_people_may_go_on(p))
		return false;
	if (kind)
		return kind->format ? put_format(p, kind->format, out) :
				      put_op(p, out);
	if (p->value->type->kind == VOLE_KIND_INTERFACE ||
	    p->value->type->kind == VOLE_KIND_PTR)
		return vole_people_behind(p, p->value, &behind) &&
		       vole_people_message(&inner, out);
	if (!strcmp(p->value->type->name, "syscall.Errno") &&
	    vole_value_int(p->rt, p->value, &number, &ignored))
		text = vole_people_errno(number);
	if (text)
		vole_strbuf_add(out, text);
	return text != NULL;
}

static void put_wrapped(const struct vole_people *p, const char *field,
			struct vole_strbuf *out)
{
	struct vole_value part = { 0 }, one = { 0 };
	struct vole_people inner = vole_people_inside(p, &part);
	struct vole_people each = vole_people_inside(p, &one);
	uint64_t len, i;

	if (!vole_people_part(p, field, &part))
		return;
	vole_strbuf_add(out, " wraps ");
	if (part.type->kind == VOLE_KIND_INTERFACE) {
		vole_people_brief(&inner, out);
		return;
	}
	len = length(p, &part);
	for (i = 0; i < len && i < MAX_WRAPPED; i++) {
		vole_strbuf_add(out, i ? ", " : "");
		if (element(p, &part, i, &one))
			vole_people_brief(&each, out);
		else
			vole_strbuf_add(out, "<unreadable>");
	}
	if (i < len)
		vole_strbuf_printf(out, ", ... +%" PRIu64 " more", len - i);
}

const char *vole_people_error(const struct vole_people *p)
{
	const struct kind *kind = kind_of(p->value->type);
	struct vole_strbuf text = { 0 }, message = { 0 };
	bool known;

	known = kind && vole_people_message(p, &message);
	if (known)
		vole_people_quote(&text, vole_strbuf_text(&message),
				  message.len, MAX_SHOWN);
	vole_strbuf_free(&message);
	if (!known)
		return NULL;
	if (kind->wraps)
		put_wrapped(p, kind->wraps, &text);
	return vole_people_keep(p, &text);
}
