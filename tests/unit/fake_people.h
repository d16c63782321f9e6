/**
 * Contexts and errors in a fake program, of types that only descriptors tell
 * of: what unit tests and the fuzz target of people's text look at.
 */
#ifndef VOLE_TESTS_FAKE_PEOPLE_H
#define VOLE_TESTS_FAKE_PEOPLE_H

#include "fake_rtype.h"

#include "runtime/rtype.h"
#include "value/people.h"
#include "value/wrapper.h"

enum {
	FAKE_STRING = FAKE_BASE + 0x100,
	FAKE_ANY = FAKE_BASE + 0x180, /* context.Context, error: no methods */
	FAKE_BACKGROUND = FAKE_BASE + 0x200,
	FAKE_APART = FAKE_BASE + 0x280, /* context.withoutCancelCtx */
	FAKE_CANCEL = FAKE_BASE + 0x300, /* context.cancelCtx */
	FAKE_PLAIN = FAKE_BASE + 0x380, /* errors.errorString */
	FAKE_PLAIN_POINTER = FAKE_BASE + 0x400,
	FAKE_WRAP = FAKE_BASE + 0x480, /* fmt.wrapError */
	FAKE_WRAP_POINTER = FAKE_BASE + 0x500,
	FAKE_NAMES = 0x800,
	FAKE_FIELDS = FAKE_BASE + 0xc00,
	/* Values: chains of contexts and errors begin here. */
	FAKE_CONTEXTS = FAKE_BASE + 0x2000,
	FAKE_ERRORS = FAKE_BASE + 0x6000,
	FAKE_TEXT = FAKE_BASE + 0x1800,
};

enum { FAKE_EMBEDDED = 1 << 3, /* abi.Name */ };

struct fake_people {
	struct fake_go go;
	struct vole_arena arena;
	uint32_t names; /* where the next one goes */
	uint64_t fields;
};

static uint32_t fake_people_name(struct fake_people *p, const char *name)
{
	uint32_t at = p->names;

	fake_name(&p->go, at, name);
	p->names += (uint32_t)strlen(name) + 2;
	return at;
}

static void fake_people_type(struct fake_people *p, uint64_t addr,
			     enum vole_kind kind, uint64_t size,
			     const char *name)
{
	fake_rtype(&p->go, addr, kind,
		   kind == VOLE_KIND_PTR ? FAKE_DIRECT : FAKE_NAMED,
		   fake_people_name(p, name));
	fake_put(&p->go, addr, 8, size);
	fake_put(&p->go, addr + 8, 8, size);
	if (kind == VOLE_KIND_STRUCT)
		fake_put(&p->go, addr + 56, 8, p->fields);
}

/* To the struct made last. */
static void fake_people_field(struct fake_people *p, uint64_t owner,
			      const char *name, uint64_t type, uint64_t offset,
			      unsigned flags)
{
	uint32_t at = fake_people_name(p, name);
	uint64_t num;

	memcpy(&num, p->go.bytes + (owner + 64 - FAKE_BASE), sizeof(num));
	fake_put(&p->go, FAKE_BASE + at, 1, flags);
	fake_rtype_field(&p->go, p->fields, 0, at, type, offset);
	fake_put(&p->go, owner + 64, 8, num + 1);
	fake_put(&p->go, owner + 72, 8, num + 1);
	p->fields += 24;
}

static void fake_people_iface(struct fake_people *p, uint64_t at, uint64_t type,
			      uint64_t data)
{
	fake_put(&p->go, at, 8, type);
	fake_put(&p->go, at + 8, 8, data);
}

static void fake_people_text(struct fake_people *p, uint64_t at, uint64_t len)
{
	fake_put(&p->go, at, 8, FAKE_TEXT);
	fake_put(&p->go, at + 8, 8, len);
}

static void fake_people_types(struct fake_people *p)
{
	fake_people_type(p, FAKE_STRING, VOLE_KIND_STRING, 16, "string");
	fake_people_type(p, FAKE_ANY, VOLE_KIND_INTERFACE, 16,
			 "context.Context");
	fake_people_type(p, FAKE_BACKGROUND, VOLE_KIND_STRUCT, 0,
			 "context.backgroundCtx");
	fake_people_type(p, FAKE_APART, VOLE_KIND_STRUCT, 16,
			 "context.withoutCancelCtx");
	fake_people_field(p, FAKE_APART, "c", FAKE_ANY, 0, 0);
	fake_people_type(p, FAKE_CANCEL, VOLE_KIND_STRUCT, 48,
			 "context.cancelCtx");
	fake_people_field(p, FAKE_CANCEL, "Context", FAKE_ANY, 0,
			  FAKE_EMBEDDED);
	fake_people_field(p, FAKE_CANCEL, "err", FAKE_ANY, 16, 0);
	fake_people_field(p, FAKE_CANCEL, "cause", FAKE_ANY, 32, 0);
	fake_people_type(p, FAKE_PLAIN, VOLE_KIND_STRUCT, 16,
			 "errors.errorString");
	fake_people_field(p, FAKE_PLAIN, "s", FAKE_STRING, 0, 0);
	fake_people_type(p, FAKE_PLAIN_POINTER, VOLE_KIND_PTR, 8, "*e");
	fake_put(&p->go, FAKE_PLAIN_POINTER + 48, 8, FAKE_PLAIN);
	fake_people_type(p, FAKE_WRAP, VOLE_KIND_STRUCT, 32, "fmt.wrapError");
	fake_people_field(p, FAKE_WRAP, "msg", FAKE_STRING, 0, 0);
	fake_people_field(p, FAKE_WRAP, "err", FAKE_ANY, 16, 0);
	fake_people_type(p, FAKE_WRAP_POINTER, VOLE_KIND_PTR, 8, "*w");
	fake_put(&p->go, FAKE_WRAP_POINTER + 48, 8, FAKE_WRAP);
}

/**
 * A cancelCtx in a withoutCancelCtx in a background; a wrapError of an
 * errorString, which is at the next 32 bytes.
 */
static void fake_people_open(struct fake_people *p)
{
	memset(p, 0, sizeof(*p));
	fake_go_open(&p->go);
	fake_layout_types(&p->go);
	vole_rtype_install(&p->go.rt);
	vole_arena_init(&p->arena, 1 << 20);
	p->names = FAKE_NAMES;
	p->fields = FAKE_FIELDS;
	fake_people_types(p);
	memcpy(p->go.bytes + (FAKE_TEXT - FAKE_BASE), "load: gone", 10);
	fake_people_iface(p, FAKE_CONTEXTS, FAKE_APART, FAKE_CONTEXTS + 64);
	fake_people_iface(p, FAKE_CONTEXTS + 64, FAKE_BACKGROUND,
			  FAKE_CONTEXTS);
	fake_people_text(p, FAKE_ERRORS, 10);
	fake_people_iface(p, FAKE_ERRORS + 16, FAKE_PLAIN_POINTER,
			  FAKE_ERRORS + 32);
	fake_put(&p->go, FAKE_ERRORS + 32, 8, FAKE_TEXT + 6);
	fake_put(&p->go, FAKE_ERRORS + 40, 8, 4);
}

static void fake_people_close(struct fake_people *p)
{
	vole_arena_clear(&p->arena);
	fake_go_close(&p->go);
}

/** The text of the struct of the descriptor @p rtype at @p addr. */
static const char *fake_people_read(struct fake_people *p, uint64_t rtype,
				    uint64_t addr)
{
	struct vole_value value;
	struct vole_type *type;
	struct vole_error err;

	if (!vole_rtype_type(&p->go.rt, rtype, &type, &err) ||
	    !vole_value_at(&p->go.rt, type, addr, &value, &err))
		return "no type";
	return vole_people_struct(&p->go.rt, &p->arena, &value);
}

#endif
