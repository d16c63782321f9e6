/*
 * Any graph of types is laid out, values of them are shown, compared and
 * converted, and put together from a frame's registers.
 */
#include "fuzz_types.h"

#include "command/command.h"
#include "command/select.h"
#include "value/local.h"
#include "value/part.h"
#include "value/stack_way.h"

#include <stdio.h>

/* Of one command; then the user has had enough. */
enum { OUTPUT = 1 << 16 };

struct fuzz {
	struct fuzz_types made;
	struct vole_ui ui;
	size_t written;
};

static void on_write(struct vole_ui *ui, const char *text, size_t len)
{
	struct fuzz *f =
		(struct fuzz *)((char *)ui - offsetof(struct fuzz, ui));

	(void)text;
	f->written += len;
}

/* Asked for each part of a value: nobody reads more than this. */
static bool on_interrupted(struct vole_ui *ui)
{
	struct fuzz *f =
		(struct fuzz *)((char *)ui - offsetof(struct fuzz, ui));

	f->written += 64;
	return f->written > OUTPUT;
}

static void command(struct fuzz *f, struct fake_sched *s,
		    const struct vole_command *command, const char *line)
{
	struct vole_selection selection = { .chosen = false };
	struct vole_settings settings;
	struct vole_arena arena;
	struct vole_context ctx = {
		.rt = &s->go.rt,
		.arena = &arena,
		.sink = vole_sink_text_open(&f->ui, command->name),
		.settings = &settings,
		.selection = &selection,
		.command = command,
	};
	struct vole_error err = { 0 };

	if (!ctx.sink)
		return;
	f->written = 0;
	vole_settings_init(&settings);
	vole_arena_init(&arena, 64 << 20);
	if (vole_args_parse(command, line, &arena, &ctx.args, &err) &&
	    !command->run(&ctx, &err) && err.code == VOLE_OK)
		abort();
	vole_sink_close(ctx.sink);
	vole_arena_clear(&arena);
}

static void commands(struct fuzz *f, struct fake_sched *s, uint8_t which)
{
	static const char *const lines[] = {
		"main.x1 == main.x2",
		"main.x1 == main.x1",
		"main.x1.a.next.v",
		"main.x2.Context.nothing",
		"main.x1[1]",
		"main.x3[main.x1]",
		"main.x1[0:1]",
		"main.T0(main.x2)",
		"main.T1(main.x1)",
		"main.T0{main.x2}",
		"main.T1{a: main.x1}",
		"[2]main.T0{main.x1, main.x1}",
		"interface{}(main.x1)",
		"*main.x1",
		"&main.x1.a",
		"main.x1.(main.T0)",
		"len(main.x1)",
		"main.x1 + main.x2",
		"-main.x1",
		"string(main.x1)",
	};

	command(f, s, &vole_cmd_type, "main.x1");
	command(f, s, &vole_cmd_print, "main.x1");
	command(f, s, &vole_cmd_print, "--depth 90 main.x2");
	command(f, s, &vole_cmd_print, "--limit 0 --depth 6 --json main.x3");
	command(f, s, &vole_cmd_print, "--raw main.x1");
	command(f, s, &vole_cmd_print, PICK(lines, which));
	command(f, s, &vole_cmd_print, PICK(lines, which / 16));
	command(f, s, &vole_cmd_type, PICK(lines, which));
}

/* --- in a frame -------------------------------------------------------------- */

static void look_into(struct fake_sched *s, const struct vole_local *local)
{
	const struct vole_stack_range range = { STACK_LO, STACK_HI,
						STACK_LO + 64 };
	struct vole_type *type =
		(struct vole_type *)(uintptr_t)local->value.type;
	struct vole_strbuf text = { 0 };
	struct vole_route route;
	uint64_t offset = 8;

	vole_type_align(s->go.rt.types, type);
	if (type->kind == VOLE_KIND_STRUCT || type->kind == VOLE_KIND_ARRAY)
		(void)!vole_part_leaf(&s->go.rt, &type, &offset, &text);
	vole_strbuf_free(&text);
	(void)!vole_stack_way(&s->go.rt, local, &range, &route);
	vole_strbuf_free(&route.text);
}

/* A variable of each of the first types, in places that the input says. */
static void place_all(struct fuzz *f, struct input *in)
{
	static const uint8_t bytes[16] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	unsigned i, k, num;

	f->made.vars.len = 0;
	scope = (struct vole_code_scope){ .name = "main.work",
					  .is_go = byte(in) & 1,
					  .optimized = byte(in) & 1 };
	for (i = 1; i <= 6; i++) {
		const struct vole_variable v = {
			.name = i & 1 ? "&v" : "v",
			.type_ref = i,
			.line = i,
			.block = fake_code_at(FN_WORK),
			.located = byte(in) & 1 ? VOLE_LOCATED_LISTED :
						  VOLE_LOCATED_HERE,
		};

		fake_variable(&f->made.vars, &scope, &v);
		f->made.vars.spots[i - 1].len = 0;
		num = 1 + byte(in) % 4;
		for (k = 0; k < num; k++) {
			fake_spot(&f->made.vars, byte(in) % 5,
				  STACK_LO + byte(in), PICK(numbers, byte(in)));
			f->made.vars.spots[i - 1].items[k].bytes = bytes;
			f->made.vars.spots[i - 1].items[k].bytes_len =
				sizeof(bytes);
		}
	}
}

static void locals(struct fuzz *f, struct fake_sched *s, struct input *in)
{
	struct vole_frame_at at = {
		.frame = { .kind = VOLE_FRAME_GO,
			   .exact = true,
			   .pc = fake_code_at(FN_WORK) + 48,
			   .sp = STACK_HI - 0x200,
			   .cfa = STACK_HI - 0x100,
			   .entry = fake_code_at(FN_WORK) },
		.regs = { .known = 0xffff },
	};
	const struct vole_frame_reader *reader;
	struct vole_locals read;
	struct vole_arena arena;
	struct vole_error err;
	size_t i;

	place_all(f, in);
	vole_arena_init(&arena, 64 << 20);
	if (vole_calls_at(&s->go.rt, at.frame.pc, true, &at.calls, &err) &&
	    vole_locals_open(&s->go.rt, &arena, &at, &reader, &err) &&
	    vole_locals_read(reader, &read, &err))
		for (i = 0; i < read.len; i++)
			look_into(s, &read.items[i]);
	vole_arena_clear(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, data + size };
	static struct fuzz f;
	struct fake_sched s;
	uint8_t which;

	f = (struct fuzz){ .ui = { .write = on_write,
				   .interrupted = on_interrupted } };
	which = byte(&in);
	read_types(&f.made, &in);
	fake_variables_open(&f.made.vars, &s, &ops);
	fill(&s, &in);
	describe(&f.made, &s);
	commands(&f, &s, which);
	locals(&f, &s, &in);
	fake_variables_close(&f.made.vars, &s);
	return 0;
}
