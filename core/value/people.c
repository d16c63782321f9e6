#include "value/people.h"

#include "value/people_private.h"

#include "base/quote.h"

#include <stdlib.h>
#include <string.h>

enum {
	ROOM = 128, /* of a field's name */
	SIZE_WORD = 8,
	MAX_PARTS = 1000, /* of one text */
};

struct vole_people vole_people_inside(const struct vole_people *outer,
				      const struct vole_value *value)
{
	return (struct vole_people){ outer->rt, outer->arena, value, outer,
				     outer->left };
}

bool vole_people_may_go_on(const struct vole_people *p)
{
	enum { MAX_NESTED = 24 };
	const struct vole_people *at;
	unsigned depth = 0;

	for (at = p->outer; at; at = at->outer)
		depth++;
	return depth < MAX_NESTED && *p->left && --*p->left;
}

const char *vole_people_keep(const struct vole_people *p,
			     struct vole_strbuf *text)
{
	const char *ret = NULL;

	if (!text->failed)
		ret = vole_arena_string(p->arena, vole_strbuf_text(text));
	vole_strbuf_free(text);
	return ret;
}

bool vole_people_part(const struct vole_people *p, const char *path,
		      struct vole_value *ret)
{
	struct vole_value part = *p->value;
	struct vole_error ignored;

	while (*path) {
		size_t len = strcspn(path, ".");
		const struct vole_field *field;
		char name[ROOM];

		if (part.type->kind != VOLE_KIND_STRUCT || len >= sizeof(name))
			return false;
		memcpy(name, path, len);
		name[len] = '\0';
		field = vole_type_field(part.type, name);
		if (!field || !vole_value_part(p->rt, &part, field->type,
					       field->offset, &part, &ignored))
			return false;
		path += len + (path[len] == '.');
	}
	*ret = part;
	return true;
}

bool vole_people_int(const struct vole_people *p, const char *path,
		     uint64_t *ret)
{
	struct vole_error ignored;
	struct vole_value part;

	if (!vole_people_part(p, path, &part))
		return false;
	if (part.type->kind == VOLE_KIND_STRUCT) {
		struct vole_people inner = vole_people_inside(p, &part);

		return strcmp(path, "v") && vole_people_int(&inner, "v", ret);
	}
	return vole_value_int(p->rt, &part, ret, &ignored);
}

bool vole_people_behind(const struct vole_people *p,
			const struct vole_value *value, struct vole_value *ret)
{
	struct vole_type *elem = value->type->elem;
	struct vole_error ignored;
	bool nil = false;
	uint64_t addr;

	if (value->type->kind == VOLE_KIND_INTERFACE)
		return vole_value_dynamic(p->rt, value, &nil, ret, &ignored) &&
		       !nil;
	return value->type->kind == VOLE_KIND_PTR && elem &&
	       vole_value_word(p->rt, value, 0, &addr, &ignored) && addr &&
	       vole_type_load(p->rt->types, elem, &ignored) &&
	       (!elem->size || vole_memory_readable(p->rt->mem, addr)) &&
	       vole_value_at(p->rt, elem, addr, ret, &ignored);
}

bool vole_people_string(const struct vole_people *p,
			const struct vole_value *value, size_t most,
			struct vole_strbuf *out)
{
	struct vole_error ignored;
	uint64_t data, len;
	char *bytes;

	if (value->type->kind != VOLE_KIND_STRING)
		return false;
	if (value->where == VOLE_IN_TEXT) {
		vole_strbuf_add_bytes(out, value->bytes, value->len);
		return value->len <= most;
	}
	if (!vole_value_word(p->rt, value, 0, &data, &ignored) ||
	    !vole_value_word(p->rt, value, SIZE_WORD, &len, &ignored) ||
	    len > most)
		return false;
	if (!len)
		return true;
	bytes = vole_arena_alloc(p->arena, len);
	if (!bytes ||
	    !vole_memory_read_all(p->rt->mem, data, bytes, len, &ignored))
		return false;
	vole_strbuf_add_bytes(out, bytes, len);
	return true;
}

void vole_people_quote(struct vole_strbuf *out, const char *bytes, size_t len,
		       size_t most)
{
	size_t shown = len < most ? len : vole_utf8_whole(bytes, most);

	vole_quote(out, bytes, shown);
	if (shown < len)
		vole_strbuf_printf(out, "... +%zu more", len - shown);
}

struct named_text {
	const char *name;
	const char *(*text)(const struct vole_people *p);
};

/* By name, as strcmp() sorts them; of generic types to the bracket. */
static const struct named_text structs[] = {
	{ "bufio.Reader", vole_people_bufio_reader },
	{ "bufio.Writer", vole_people_bufio_writer },
	{ "bytes.Buffer", vole_people_bytes_buffer },
	{ "bytes.Reader", vole_people_bytes_reader },
	{ "context.afterFuncCtx", vole_people_context },
	{ "context.backgroundCtx", vole_people_context },
	{ "context.cancelCtx", vole_people_context },
	{ "context.deadlineExceededError", vole_people_error },
	{ "context.stopCtx", vole_people_context },
	{ "context.timerCtx", vole_people_context },
	{ "context.todoCtx", vole_people_context },
	{ "context.valueCtx", vole_people_context },
	{ "context.withoutCancelCtx", vole_people_context },
	{ "errors.errorString", vole_people_error },
	{ "errors.joinError", vole_people_error },
	{ "fmt.wrapError", vole_people_error },
	{ "fmt.wrapErrors", vole_people_error },
	{ "internal/abi.Type", vole_people_rtype },
	{ "internal/poll.DeadlineExceededError", vole_people_error },
	{ "internal/poll.errNetClosing", vole_people_error },
	{ "internal/reflectlite.rtype", vole_people_rtype },
	{ "io/fs.PathError", vole_people_error },
	{ "math/big.Int", vole_people_big_int },
	{ "net.OpError", vole_people_error },
	{ "net.TCPAddr", vole_people_ip_port },
	{ "net.UDPAddr", vole_people_ip_port },
	{ "net/netip.Addr", vole_people_addr },
	{ "net/netip.AddrPort", vole_people_addr_port },
	{ "net/netip.Prefix", vole_people_prefix },
	{ "net/url.Error", vole_people_error },
	{ "os.LinkError", vole_people_error },
	{ "os.SyscallError", vole_people_error },
	{ "os/exec.Error", vole_people_error },
	{ "reflect.Value", vole_people_reflect_value },
	{ "reflect.rtype", vole_people_rtype },
	{ "runtime._type", vole_people_rtype },
	{ "strconv.NumError", vole_people_error },
	{ "strings.Builder", vole_people_builder },
	{ "strings.Reader", vole_people_strings_reader },
	{ "sync.Cond", vole_people_cond },
	{ "sync.Mutex", vole_people_mutex },
	{ "sync.Once", vole_people_once },
	{ "sync.RWMutex", vole_people_rwmutex },
	{ "sync.WaitGroup", vole_people_waitgroup },
	{ "sync/atomic.Bool", vole_people_atomic },
	{ "sync/atomic.Int32", vole_people_atomic },
	{ "sync/atomic.Int64", vole_people_atomic },
	{ "sync/atomic.Uint32", vole_people_atomic },
	{ "sync/atomic.Uint64", vole_people_atomic },
	{ "sync/atomic.Uintptr", vole_people_atomic },
	{ "sync/atomic.Value", vole_people_atomic_value },
	{ "time.Time", vole_people_time },
	{ "weak.Pointer[", vole_people_weak },
};

/* Of a generic type all but its arguments: "weak.Pointer[". */
static int compare_name(const void *key, const void *entry)
{
	const char *name = key,
		   *other = ((const struct named_text *)entry)->name;
	size_t len = strcspn(name, "[");
	int ret;

	if (!name[len])
		return strcmp(name, other);
	ret = strncmp(name, other, len + 1);
	return ret ? ret : -(other[len + 1] != '\0');
}

const char *vole_people_text(const struct vole_people *p)
{
	const struct named_text *found =
		bsearch(p->value->type->name, structs,
			sizeof(structs) / sizeof(structs[0]),
			sizeof(structs[0]), compare_name);

	return found ? found->text(p) : NULL;
}

const char *vole_people_struct(const struct vole_runtime *rt,
			       struct vole_arena *arena,
			       const struct vole_value *value)
{
	unsigned left = MAX_PARTS;
	struct vole_people p = { rt, arena, value, NULL, &left };

	return vole_people_text(&p);
}
