/**
 * What sink_json.c, the document, and json_value.c, Go values in it, share.
 */
#ifndef VOLE_RENDER_JSON_PRIVATE_H
#define VOLE_RENDER_JSON_PRIVATE_H

#include "render/sink.h"

enum { VOLE_JSON_MAX_DEPTH = 512 };

/* How a value's parts are written, and what closes them. */
enum vole_json_shape {
	VOLE_JSON_NONE, /* not begun, or a scalar */
	VOLE_JSON_FIELDS, /* [{"name", "value"}] */
	VOLE_JSON_ELEMENTS, /* [value] */
	VOLE_JSON_ENTRIES, /* [{"key", "value"}] */
	VOLE_JSON_ONE, /* "pointee" or "dynamic": value */
};

struct vole_json_value {
	enum vole_json_shape shape;
	bool any; /* a part was written */
	bool in_part; /* the object around a field or entry is open */
	uint64_t omitted;
	char damage[400]; /* why parts are missing; "" none */
};

struct vole_json_sink {
	struct vole_sink base; /* first: cast back */
	struct vole_visitor visitor;
	bool array[VOLE_SINK_MAX_NESTING];
	bool any[VOLE_SINK_MAX_NESTING];
	size_t depth;
	bool muted; /* inside a row for people only */
	struct vole_json_value values[VOLE_JSON_MAX_DEPTH];
	size_t num_values;
	bool whole; /* the value is the answer itself */
};

/** Writes into the sink around the visitor. */
extern const struct vole_visitor_ops vole_json_visitor_ops;

void vole_json_put(struct vole_json_sink *j, const char *text);
/** A rune of @p len bytes, escaped where JSON wants it or nobody could see it. */
void vole_json_put_rune(struct vole_strbuf *buf, const unsigned char *bytes,
			size_t len, uint32_t rune);
/** A JSON string; false when @p text was no valid UTF-8. */
bool vole_json_put_string(struct vole_json_sink *j, const char *text,
			  size_t len);

#endif
