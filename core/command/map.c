#include "runtime/map.h"

#include "check/region.h"
#include "command/map_show.h"
#include "runtime/iface.h"

static bool put_entry(struct vole_context *ctx, struct vole_type *type,
		      uint64_t addr, const char *key,
		      const struct vole_walk_limits *limits,
		      struct vole_error *err)
{
	struct vole_value value;

	if (!vole_value_at(ctx->rt, type, addr, &value, err))
		return false;
	vole_context_value(ctx, key, &value, limits);
	return true;
}

static bool put_entries(struct vole_context *ctx, const struct vole_map *map,
			const struct vole_walk_limits *limits,
			struct vole_error *err)
{
	struct vole_walk_limits each = *limits;
	struct vole_map_walk walk;
	struct vole_map_slot slot;
	uint64_t n = limits->count && map->count > limits->count ?
			     limits->count :
			     map->count;
	uint64_t i = 0;
	bool ok = true;

	*err = (struct vole_error){ 0 };
	vole_map_walk_begin(map, &walk);
	vole_sink_entries(ctx->sink, "entries");
	while (i < n && !vole_sink_stopped(ctx->sink) &&
	       vole_map_walk_next(&walk, &slot, err)) {
		vole_sink_progress(ctx->sink, i, n);
		vole_sink_row(ctx->sink);
		ok = put_entry(ctx, map->key, slot.key, "key", &each, err) &&
		     put_entry(ctx, map->elem, slot.elem, "value", &each, err);
		ctx->sink->ops->value_end(ctx->sink);
		vole_sink_end(ctx->sink);
		if (!ok)
			break;
		i++;
	}
	vole_sink_end(ctx->sink);
	/* What the walk says at its end: does the header's count hold? */
	if (ok && i == map->count && !ctx->sink->stopped)
		(void)!vole_map_walk_next(&walk, &slot, err);
	vole_map_walk_end(&walk);
	if (err->code != VOLE_OK)
		return false;
	vole_sink_omitted(ctx->sink, map->count - i);
	return true;
}

static void put_nothing(struct vole_sink *sink, const char *key)
{
	vole_sink_entries(sink, key);
	vole_sink_end(sink);
}

/* What is there of a nil map, in the words of the way to look that was asked. */
static bool put_nil(struct vole_context *ctx)
{
	struct vole_sink *sink = ctx->sink;

	vole_sink_text(sink, "impl", VOLE_STYLE_PLAIN, "nil");
	vole_sink_address(sink, "address", 0);
	vole_sink_number(sink, "count", 0);
	vole_sink_flag_json(sink, "growing", false);
	vole_sink_flag_json(sink, "writing", false);
	if (vole_args_has(ctx, "--find"))
		vole_sink_flag(sink, "found", false);
	else if (vole_args_has(ctx, "--verify"))
		vole_sink_flag(sink, "ok", true);
	else if (vole_args_has(ctx, "--buckets"))
		vole_sink_text(sink, "state", VOLE_STYLE_PLAIN,
			       "nil: no memory, insertions panic");
	else
		put_nothing(sink, vole_args_has(ctx, "--iterators") ?
					  "iterators" :
					  "entries");
	return true;
}

/* A header that makes no sense is what --verify is asked for. */
static bool put_bad_header(struct vole_context *ctx, uint64_t addr,
			   struct vole_error *err)
{
	if (!vole_args_has(ctx, "--verify") ||
	    (err->code != VOLE_CORRUPT && err->code != VOLE_UNREADABLE))
		return false;
	vole_map_show_bad_header(ctx, addr, err);
	return true;
}

static bool put_map(struct vole_context *ctx, const struct vole_map *map,
		    const struct vole_walk_limits *limits,
		    struct vole_error *err)
{
	vole_map_show_header(ctx, map, !vole_args_has(ctx, "--find"));
	if (vole_args_has(ctx, "--find"))
		return vole_map_show_find(ctx, map, limits, err);
	if (vole_args_has(ctx, "--buckets"))
		return vole_map_show_buckets(ctx, map, limits->count, err);
	if (vole_args_has(ctx, "--verify"))
		return vole_map_show_verify(ctx, map, limits->count, err);
	if (vole_args_has(ctx, "--iterators"))
		return vole_map_show_iterators(ctx, map, limits->count, err);
	return put_entries(ctx, map, limits, err);
}

/* The map that the expression is, or that an interface holds. */
static bool eval_map(struct vole_context *ctx, struct vole_value *ret,
		     struct vole_error *err)
{
	bool nil;

	if (!vole_context_eval(ctx, ret, err) ||
	    (ret->type->kind == VOLE_KIND_INTERFACE &&
	     !vole_value_dynamic(ctx->rt, ret, &nil, ret, err)))
		return false;
	if (ret->type->kind == VOLE_KIND_MAP)
		return true;
	return vole_fail(err, VOLE_SYNTAX, VOLE_NOWHERE,
			 "the expression is a %s, not a map", ret->type->name);
}

static bool run(struct vole_context *ctx, struct vole_error *err)
{
	struct vole_walk_limits limits;
	struct vole_value value;
	struct vole_map map;
	uint64_t addr;

	if (vole_args_has(ctx, "--find") + vole_args_has(ctx, "--buckets") +
		    vole_args_has(ctx, "--verify") +
		    vole_args_has(ctx, "--iterators") >
	    1)
		return vole_fail(err, VOLE_USAGE, VOLE_NOWHERE,
				 "one of --find, --buckets, --verify and "
				 "--iterators");
	if (!vole_context_limits(ctx, &limits, err) ||
	    !eval_map(ctx, &value, err) ||
	    !vole_value_word(ctx->rt, &value, 0, &addr, err))
		return false;
	if (addr && !vole_map_open(ctx->rt, value.type, addr, &map, err))
		return put_bad_header(ctx, addr, err);
	vole_sink_text(ctx->sink, "type", VOLE_STYLE_TYPE, value.type->name);
	return addr ? put_map(ctx, &map, &limits, err) : put_nil(ctx);
}

static const struct vole_option options[] = {
	{ "--find", "KEY",
	  "look up one key, slot by slot as the program does" },
	{ "--buckets", NULL, "show the buckets, or tables and groups" },
	{ "--verify", NULL, "check all of it, each key by its hash" },
	{ "--iterators", NULL, "find range loops over it that go on now" },
	{ "--depth", "N", "levels of each key and value to show" },
	{ "--limit", "N", "entries, buckets or problems to show; 0 shows all" },
	{ NULL, NULL, NULL },
};

const struct vole_command vole_cmd_map = {
	.name = "map",
	.args = "EXPR",
	.summary = "Show a map: its header and its entries.",
	.detail =
		"Both kinds of Go maps: classic (buckets, to Go 1.23) and "
		"swiss (groups, from Go\n1.24). Entries come in the order "
		"of memory, each exactly once, also while the\nmap grows. "
		"Before them stands where its memory lies: in the heap, on "
		"a stack, or\nwhere it was freed.\n"
		"\n--find KEY hashes the key as the program does, with its "
		"own secret and the\nmap's seed, and shows each slot it "
		"looks at: `empty`, `end` (classic: nothing\nfollows), "
		"`deleted`, `moved`, `other-hash`, `other-key` or `match`. "
		"A key that\nis in the map where its hash does not lead is "
		"shown as `misplaced`, unless\nreads find it, which "
		"compare all short strings of a map of one bucket and all\n"
		"keys of one word of 4 or 8 bytes in a classic map or a "
		"single group; the exit\nstatus is 1.\n\n"
		"--buckets shows how the map lies in memory, how full it "
		"is, how far lookups go,\nand when it grows next. The "
		"lines with `watch` are for gdb and those below them\nfor "
		"lldb.\n\n"
		"--verify works out again what follows from something else: counts, marks,\n"
		"tables and directory, what has been moved, overflow buckets in use and waiting,\n"
		"whether each part is an object of its own and as large as it must be, and the\n"
		"place of each key from its hash. It finds keys that changed after they were\n"
		"inserted, and keys that are there twice, as goroutines leave them that write\n"
		"without a lock. Kinds of problems: `header`, `count`, `key`, `seed`, `control`,\n"
		"`chain`, `evacuation`, `directory`, `table`, `memory`, `object`. While a goroutine\n"
		"writes to the map, or memory is missing, they are `possible`, else `certain`. The\n"
		"exit status is 1 when there are any.\n\n"
		"--iterators looks for range loops over the map, in the stacks of all\n"
		"goroutines, and for those of reflection, in the heap and in variables: the\n"
		"slot each is at, with the key that is there now, how many entries are left,\n"
		"whether the map grew since it began (of several tables only when it did), from\n"
		"Go 1.24 whether it was cleared, and, where it can be told, that its entry is no\n"
		"longer there. A loop goes on with what the map had when it began; where that is\n"
		"not what it has now, the state says which buckets or groups these are and\n"
		"whether they are allocated, freed, now of another or, when nothing shows that\n"
		"the loop is still in use, maybe of another. Then `left` is an upper limit, and\n"
		"only given while the memory is sure to be the loop's. A loop that was left early\n"
		"may still be seen.",
	.example = "map main.users",
	.json = "`type`, `impl` (`classic`, `swiss`, `nil`), `address`, "
		"`count`, `growing`, `writing`, `watch`, `watch_lldb`, `header_lives` and "
		"`buckets_live` (swiss: of the directory, or the one group) "
		"and `old_buckets_live`: objects of `address`, " VOLE_REGION_JSON
		"; `entries`: objects of "
		"`key` and `value`; classic: `bucket_count`, "
		"`overflow_buckets`, `load`, `evacuated`; swiss: `directory` "
		"or `form`. With --find instead of `entries`: `found`, "
		"`entry` (`key`, `value`, `slot`, and the address of its "
		"`bucket` or `group`), `hash`, `wanted` (top hash or control "
		"byte), `by_hash` (false: only reads find it, or in a classic map code but not reflection), `probes`: objects of `bucket` and `depth` or `group`, "
		"`slot`, `address`, `control`, `verdict`; `misplaced` as "
		"`entry`, `reason`. With --buckets: `state`, `flags`, "
		"`moved_buckets` (old ones: `0-7, 12`), `group_form` and "
		"`load` (swiss: entries a slot), `slots`, `tombstones`, "
		"`bytes`, `bytes_per_entry`, `wasted_bytes`, "
		"`fill` (how many buckets or groups have 0, 1, ... entries), "
		"`probe_lengths` (how many entries are found in the first, "
		"second, ... that a lookup looks at), `buckets` (`array`, `bucket`, `depth`, "
		"`address`, `entries`, `control`, `overflow`, `state`) or "
		"`tables` (`directory_slot`, `directory_slots`, `address`, "
		"`local_depth`, `capacity`, `entries`, `growth_left`, "
		"`groups`: `group`, `address`, `entries`, `control`). With "
		"--verify: `ok`, `entries_seen`, `keys_hashed`, "
		"`keys_with_nan`, `keys_not_hashed`, `problems`: objects of "
		"`certainty` (`certain`, `possible`), `kind`, `address`, "
		"`key` (text), `message`. With --iterators: `iterators`: "
		"objects of `goroutine`, `function`, `file`, `line` or, of "
		"those of reflection, `where`, then `address`, `key` (text), "
		"`bucket` or `group`, `slot`, `buckets_left` or "
		"`tables_left`, `entries_left` (when it can be told: of what the map had before, "
		"while the loop is sure to be in use; an upper limit with "
		"`entries_limit`), `grown` (of several tables only when it has), `doublings` (classic), "
		"`cleared` (from Go 1.24), `gone_known`, `gone` (its entry; "
		"when it is known: another may have come to its slot), `walks` (`current`, `old`: "
		"what the map grows out of, `former`), `walked` (`address`, "
		"`size`, `reused` (of `former` ones only when it is so), " VOLE_REGION_JSON
		"), `state`.",
	.takes = VOLE_TAKES_EXPR,
	.options = options,
	.run = run,
};
