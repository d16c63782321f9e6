#include "render/sink.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Milliseconds: shorter commands show no progress, longer ones this often. */
enum { PROGRESS_AFTER = 1000, PROGRESS_EVERY = 100 };

uint64_t vole_sink_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void drop(struct vole_ui *ui, const char *text, size_t len)
{
	(void)ui;
	(void)text;
	(void)len;
}

static bool never(struct vole_ui *ui)
{
	(void)ui;
	return false;
}

struct vole_ui vole_ui_quiet(void)
{
	return (struct vole_ui){ .write = drop, .interrupted = never };
}

void vole_sink_init(struct vole_sink *sink, const struct vole_sink_ops *ops,
		    struct vole_ui *ui, const char *command)
{
	sink->ops = ops;
	sink->ui = ui;
	sink->command = command;
	sink->part_size = 1;
	sink->progress_due = vole_sink_clock() + PROGRESS_AFTER;
}

void vole_sink_close(struct vole_sink *sink)
{
	size_t i;

	if (!sink)
		return;
	for (i = 0; i < sink->num_warnings; i++)
		free(sink->warnings[i]);
	vole_strbuf_free(&sink->out);
	vole_strbuf_free(&sink->formatted);
	sink->ops->close(sink);
}

static void begin(struct vole_sink *sink, const char *key,
		  enum vole_group group, const struct vole_column *columns,
		  size_t num_columns)
{
	sink->started = true;
	sink->ops->begin(sink, key, group, columns, num_columns);
}

void vole_sink_object(struct vole_sink *sink, const char *key)
{
	begin(sink, key, VOLE_GROUP_OBJECT, NULL, 0);
}

void vole_sink_table(struct vole_sink *sink, const char *key,
		     const struct vole_column *columns, size_t num_columns)
{
	begin(sink, key, VOLE_GROUP_TABLE, columns, num_columns);
}

void vole_sink_entries(struct vole_sink *sink, const char *key)
{
	begin(sink, key, VOLE_GROUP_ENTRIES, NULL, 0);
}

void vole_sink_items(struct vole_sink *sink, const char *key)
{
	begin(sink, key, VOLE_GROUP_ITEMS, NULL, 0);
}

void vole_sink_variables(struct vole_sink *sink, const char *key)
{
	begin(sink, key, VOLE_GROUP_VARIABLES, NULL, 0);
}

void vole_sink_row(struct vole_sink *sink)
{
	begin(sink, NULL, VOLE_GROUP_ROW, NULL, 0);
}

void vole_sink_row_text(struct vole_sink *sink)
{
	begin(sink, NULL, VOLE_GROUP_ROW_TEXT, NULL, 0);
}

void vole_sink_object_json(struct vole_sink *sink, const char *key)
{
	begin(sink, key, VOLE_GROUP_OBJECT_JSON, NULL, 0);
}

void vole_sink_list_json(struct vole_sink *sink, const char *key)
{
	begin(sink, key, VOLE_GROUP_LIST_JSON, NULL, 0);
}

void vole_sink_end(struct vole_sink *sink)
{
	sink->ops->end(sink);
}

void vole_sink_text(struct vole_sink *sink, const char *key,
		    enum vole_style style, const char *text)
{
	sink->started = true;
	if (text && (style != VOLE_STYLE_HIDDEN || sink->for_scripts))
		sink->ops->text(sink, key, style, text, strlen(text));
}

/* Lives until the next. */
static const char *format(struct vole_sink *sink, const char *fmt, va_list ap)
	VOLE_PRINTF(2, 0);

static const char *format(struct vole_sink *sink, const char *fmt, va_list ap)
{
	vole_strbuf_clear(&sink->formatted);
	vole_strbuf_vprintf(&sink->formatted, fmt, ap);
	if (sink->formatted.failed)
		sink->out.failed = true;
	return vole_strbuf_text(&sink->formatted);
}

void vole_sink_printf(struct vole_sink *sink, const char *key,
		      enum vole_style style, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vole_sink_text(sink, key, style, format(sink, fmt, ap));
	va_end(ap);
}

void vole_sink_cell(struct vole_sink *sink, const char *key,
		    enum vole_style style, const char *text)
{
	if (!sink->for_scripts)
		vole_sink_text(sink, key, style, text);
}

void vole_sink_cell_printf(struct vole_sink *sink, const char *key,
			   enum vole_style style, const char *fmt, ...)
{
	va_list ap;

	if (sink->for_scripts)
		return;
	va_start(ap, fmt);
	vole_sink_text(sink, key, style, format(sink, fmt, ap));
	va_end(ap);
}

void vole_sink_number(struct vole_sink *sink, const char *key, int64_t number)
{
	sink->started = true;
	sink->ops->number(sink, key, VOLE_STYLE_PLAIN, number);
}

void vole_sink_address(struct vole_sink *sink, const char *key, uint64_t addr)
{
	sink->started = true;
	sink->ops->address(sink, key, VOLE_STYLE_ADDRESS, addr);
}

void vole_sink_flag(struct vole_sink *sink, const char *key, bool flag)
{
	sink->started = true;
	sink->ops->flag(sink, key, VOLE_STYLE_PLAIN, flag);
}

void vole_sink_number_json(struct vole_sink *sink, const char *key,
			   int64_t number)
{
	sink->started = true;
	if (sink->for_scripts)
		sink->ops->number(sink, key, VOLE_STYLE_HIDDEN, number);
}

void vole_sink_flag_json(struct vole_sink *sink, const char *key, bool flag)
{
	sink->started = true;
	if (sink->for_scripts)
		sink->ops->flag(sink, key, VOLE_STYLE_HIDDEN, flag);
}

void vole_sink_address_json(struct vole_sink *sink, const char *key,
			    uint64_t addr)
{
	sink->started = true;
	if (sink->for_scripts)
		sink->ops->address(sink, key, VOLE_STYLE_HIDDEN, addr);
}

void vole_sink_say(struct vole_sink *sink, enum vole_style style,
		   const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	sink->started = true;
	sink->ops->say(sink, style, format(sink, fmt, ap));
	va_end(ap);
}

void vole_sink_omitted(struct vole_sink *sink, uint64_t count)
{
	if (!count)
		return;
	sink->omitted += count;
	vole_sink_say(sink, VOLE_STYLE_FAINT, "... +%" PRIu64 " more", count);
}

static bool warned(const struct vole_sink *sink, const char *text)
{
	size_t i;

	for (i = 0; i < sink->num_warnings; i++)
		if (!strcmp(sink->warnings[i], text))
			return true;
	return false;
}

void vole_sink_warn(struct vole_sink *sink, const char *fmt, ...)
{
	char *text = NULL;
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (len < 0)
		return;
	if (sink->num_warnings < VOLE_SINK_MAX_WARNINGS && !warned(sink, text))
		sink->warnings[sink->num_warnings++] = text;
	else
		free(text);
}

bool vole_sink_stopped(struct vole_sink *sink)
{
	if (!sink->stopped && sink->ui->interrupted(sink->ui)) {
		sink->stopped = true;
		sink->partial = true;
	}
	return sink->stopped;
}

void vole_sink_progress(struct vole_sink *sink, uint64_t done, uint64_t all)
{
	if (!all || done > all)
		return;
	sink->part_size = 1.0 / (double)all;
	sink->part_from = sink->part_size * (double)done;
	vole_sink_progress_part(sink, 0);
}

void vole_sink_on_progress(void *sink, uint64_t done, uint64_t all)
{
	vole_sink_progress(sink, done, all);
}

void vole_sink_progress_part(struct vole_sink *sink, double done)
{
	uint64_t now;

	if (!sink->ui->progress)
		return;
	now = vole_sink_clock();
	if (now < sink->progress_due)
		return;
	sink->progress_due = now + PROGRESS_EVERY;
	sink->ui->progress(sink->ui, sink->part_from + sink->part_size * done);
}

void vole_sink_flush(struct vole_sink *sink, size_t at_least)
{
	if (sink->out.len < at_least || !sink->out.len)
		return;
	sink->in_line = sink->out.text[sink->out.len - 1] != '\n';
	sink->ui->write(sink->ui, sink->out.text, sink->out.len);
	vole_strbuf_clear(&sink->out);
}
