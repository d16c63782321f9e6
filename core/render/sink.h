/**
 * A command's answer as a stream of events. Text for people and JSON for
 * scripts are two sinks for the same events; a command never asks which one
 * it talks to.
 *
 * An answer is an object of fields, with tables and entries inside:
 *
 *	vole_sink_text(sink, "impl", VOLE_STYLE_PLAIN, "swiss");
 *	vole_sink_table(sink, "items", columns, 2);
 *	for (...) {
 *		vole_sink_row(sink);
 *		vole_sink_text(sink, "name", VOLE_STYLE_NAME, name);
 *		vole_sink_end(sink);
 *	}
 *	vole_sink_end(sink);
 *
 * Text given to a sink is escaped by it. Keys are JSON's; as text they are
 * labels with blanks for underscores. The outermost object is the sink's own.
 */
#ifndef VOLE_RENDER_SINK_H
#define VOLE_RENDER_SINK_H

#include "base/error.h"
#include "render/style.h"
#include "target/host.h"
#include "value/visit.h"

enum vole_group {
	VOLE_GROUP_OBJECT, /* fields */
	VOLE_GROUP_TABLE, /* rows of the same fields, in columns */
	VOLE_GROUP_ENTRIES, /* rows of a key and a value each: "key: value" */
	VOLE_GROUP_ITEMS, /* rows of one text field each, one a line */
	VOLE_GROUP_VARIABLES, /* rows of a word and its value: "word = value" */
	VOLE_GROUP_ROW,
	VOLE_GROUP_ROW_TEXT, /* a row for people only */
	VOLE_GROUP_OBJECT_JSON, /* fields, for scripts only */
	VOLE_GROUP_LIST_JSON, /* values without keys, for scripts only */
};

struct vole_column {
	const char *key; /* of the row's field */
	const char *title; /* NULL: the key */
	bool right; /* numbers */
};

struct vole_sink;

struct vole_sink_ops {
	void (*begin)(struct vole_sink *sink, const char *key,
		      enum vole_group group, const struct vole_column *columns,
		      size_t num_columns);
	void (*end)(struct vole_sink *sink);
	void (*text)(struct vole_sink *sink, const char *key,
		     enum vole_style style, const char *text, size_t len);
	/** A number of ours: JSON number. */
	void (*number)(struct vole_sink *sink, const char *key,
		       enum vole_style style, int64_t number);
	void (*address)(struct vole_sink *sink, const char *key,
			enum vole_style style, uint64_t addr);
	void (*flag)(struct vole_sink *sink, const char *key,
		     enum vole_style style, bool flag);
	/**
	 * A Go value follows, told to the visitor. NULL key: it is one of a
	 * list, or outside all groups the answer.
	 */
	struct vole_visitor *(*value)(struct vole_sink *sink, const char *key);
	/** The value is complete. */
	void (*value_end)(struct vole_sink *sink);
	/** A line for people only. */
	void (*say)(struct vole_sink *sink, enum vole_style style,
		    const char *line);
	/** Close what is open and write everything; @p err NULL: it went well. */
	void (*finish)(struct vole_sink *sink, const struct vole_error *err);
	void (*close)(struct vole_sink *sink);
};

enum {
	VOLE_SINK_MAX_WARNINGS = 32,
	VOLE_SINK_MAX_NESTING = 16,
	VOLE_SINK_CHUNK = 16 << 10, /* bytes gathered before a write */
};

struct vole_sink {
	const struct vole_sink_ops *ops;
	struct vole_ui *ui;
	const char *command;
	struct vole_strbuf out; /* not yet given to ui */
	struct vole_strbuf formatted; /* what is being told */
	bool for_scripts; /* JSON: what is for people only is left out */
	bool started; /* something was emitted */
	bool partial; /* interrupted, or cut short by damage */
	bool stopped; /* ui said so */
	bool in_line; /* what was written last did not end a line */
	uint64_t omitted; /* left out by a limit */
	/* The part of the command that a value's own progress fills. */
	double part_from, part_size;
	uint64_t progress_due; /* next shown then: vole_sink_clock() */
	char *warnings[VOLE_SINK_MAX_WARNINGS];
	size_t num_warnings;
};

/** Milliseconds of a clock that only goes on; cheap and coarse. */
uint64_t vole_sink_clock(void);
/** What both kinds of sinks begin with. */
void vole_sink_init(struct vole_sink *sink, const struct vole_sink_ops *ops,
		    struct vole_ui *ui, const char *command);
/** A ui that nobody looks at: it drops what is written and goes on. */
struct vole_ui vole_ui_quiet(void);
/** NULL: out of memory. Close with vole_sink_close(). */
struct vole_sink *vole_sink_text_open(struct vole_ui *ui, const char *command);
struct vole_sink *vole_sink_json_open(struct vole_ui *ui, const char *command);
void vole_sink_close(struct vole_sink *sink);

void vole_sink_object(struct vole_sink *sink, const char *key);
void vole_sink_table(struct vole_sink *sink, const char *key,
		     const struct vole_column *columns, size_t num_columns);
void vole_sink_entries(struct vole_sink *sink, const char *key);
void vole_sink_items(struct vole_sink *sink, const char *key);
void vole_sink_variables(struct vole_sink *sink, const char *key);
void vole_sink_row(struct vole_sink *sink);
/** A row that JSON leaves out: what it says follows from the others. */
void vole_sink_row_text(struct vole_sink *sink);
/** An object and a list that people are not shown; also inside a row. */
void vole_sink_object_json(struct vole_sink *sink, const char *key);
void vole_sink_list_json(struct vole_sink *sink, const char *key);
/** Ends the innermost object, table, entries, items or row. */
void vole_sink_end(struct vole_sink *sink);

/** NULL @p text is left out. */
void vole_sink_text(struct vole_sink *sink, const char *key,
		    enum vole_style style, const char *text);
void vole_sink_printf(struct vole_sink *sink, const char *key,
		      enum vole_style style, const char *fmt, ...)
	VOLE_PRINTF(4, 5);
/** A field for people only: scripts have its parts. */
void vole_sink_cell(struct vole_sink *sink, const char *key,
		    enum vole_style style, const char *text);
void vole_sink_cell_printf(struct vole_sink *sink, const char *key,
			   enum vole_style style, const char *fmt, ...)
	VOLE_PRINTF(4, 5);
void vole_sink_number(struct vole_sink *sink, const char *key, int64_t number);
void vole_sink_address(struct vole_sink *sink, const char *key, uint64_t addr);
void vole_sink_flag(struct vole_sink *sink, const char *key, bool flag);
/** The same for JSON only. */
void vole_sink_number_json(struct vole_sink *sink, const char *key,
			   int64_t number);
void vole_sink_flag_json(struct vole_sink *sink, const char *key, bool flag);
void vole_sink_address_json(struct vole_sink *sink, const char *key,
			    uint64_t addr);
/** A line for people only: headings, advice. */
void vole_sink_say(struct vole_sink *sink, enum vole_style style,
		   const char *fmt, ...) VOLE_PRINTF(3, 4);
/** What a limit left out: "... +2936 more". */
void vole_sink_omitted(struct vole_sink *sink, uint64_t count);
/** Something the user should know beside the answer. */
void vole_sink_warn(struct vole_sink *sink, const char *fmt, ...)
	VOLE_PRINTF(2, 3);
/** Has the user asked to stop? Marks the answer partial. */
bool vole_sink_stopped(struct vole_sink *sink);
/**
 * The command's loop is at step @p done of @p all, for a terminal: shown from
 * the second second on, a few times a second. Cheap enough to tell each row.
 * Values sent to the sink tell of themselves, as parts of this step.
 */
void vole_sink_progress(struct vole_sink *sink, uint64_t done, uint64_t all);
/** The same as a callback, whose argument is the sink. */
void vole_sink_on_progress(void *sink, uint64_t done, uint64_t all);
/** A sink's own word: @p done (0 to 1) of the step. */
void vole_sink_progress_part(struct vole_sink *sink, double done);
/** Give what was written so far to the ui, when it is enough. */
void vole_sink_flush(struct vole_sink *sink, size_t at_least);

#endif
