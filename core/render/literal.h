/**
 * Go values as Go literals, broken into lines like gofmt would.
 */
#ifndef VOLE_RENDER_LITERAL_H
#define VOLE_RENDER_LITERAL_H

#include "render/pretty.h"
#include "value/visit.h"

struct vole_sink;

enum { VOLE_LITERAL_MAX_DEPTH = 128 };

/** What is known of a value's type where it stands; decides what is written. */
enum vole_literal_place {
	VOLE_PLACE_FREE, /* nothing: `int8(5)`, `[]int{1}` */
	VOLE_PLACE_FIELD, /* a field: `5`, `[]int{1}` */
	VOLE_PLACE_ELEMENT, /* inside a composite literal: `5`, `{1}` */
};

struct vole_literal_level {
	unsigned kind; /* enum vole_kind */
	enum vole_literal_place place; /* of the parts */
	bool group; /* a pretty group with braces is open */
	bool entry; /* the key of an entry was written */
	bool paren; /* ends with ")" */
	uint64_t parts, len, cap;
};

struct vole_literal {
	struct vole_visitor visitor; /* first: cast back */
	struct vole_sink *sink;
	struct vole_pretty pretty;
	struct vole_literal_level levels[VOLE_LITERAL_MAX_DEPTH];
	enum vole_literal_place known; /* of the value itself */
	size_t depth;
	size_t lost; /* levels begun beyond the last */
	size_t muted; /* levels inside a value shown by its text */
	struct vole_strbuf scratch;
};

void vole_literal_init(struct vole_literal *literal, struct vole_sink *sink);
void vole_literal_free(struct vole_literal *literal);
/**
 * A value begins at @p column, its further lines at @p indent; @p known is
 * what the reader knows of its type.
 */
void vole_literal_begin(struct vole_literal *literal, size_t column,
			size_t indent, enum vole_literal_place known);
/** Plain text of the same line: ": " between key and value. */
void vole_literal_text(struct vole_literal *literal, const char *text);
void vole_literal_end(struct vole_literal *literal);

#endif
