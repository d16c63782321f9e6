#include "render/style.h"

#include "base/quote.h"

static const char *const codes[] = {
	[VOLE_STYLE_LABEL] = "\033[1m",	  [VOLE_STYLE_NAME] = "\033[33m",
	[VOLE_STYLE_TYPE] = "\033[36m",	  [VOLE_STYLE_ADDRESS] = "\033[34m",
	[VOLE_STYLE_STRING] = "\033[32m", [VOLE_STYLE_FAINT] = "\033[2m",
	[VOLE_STYLE_BAD] = "\033[31m",	  [VOLE_STYLE_HIDDEN] = NULL,
};

void vole_style_add(struct vole_strbuf *buf, bool color, enum vole_style style,
		    const char *text, size_t len)
{
	const char *code = color ? codes[style] : NULL;

	if (code && len)
		vole_strbuf_add(buf, code);
	vole_strbuf_add_bytes(buf, text, len);
	if (code && len)
		vole_strbuf_add(buf, "\033[m");
}

size_t vole_text_width(const char *text, size_t len)
{
	size_t i = vole_ascii_len(text, len), width = i;

	for (; i < len; i++)
		width += ((unsigned char)text[i] & 0xc0) != 0x80;
	return width;
}
