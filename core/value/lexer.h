/**
 * Go's tokens, as far as expressions have them, and the values of literals.
 */
#ifndef VOLE_VALUE_LEXER_H
#define VOLE_VALUE_LEXER_H

#include "base/arena.h"

struct vole_constant;

enum vole_token_kind {
	VOLE_TOKEN_END,
	VOLE_TOKEN_IDENT, /* keywords too */
	VOLE_TOKEN_NUMBER, /* of any kind, not yet checked */
	VOLE_TOKEN_RUNE,
	VOLE_TOKEN_STRING, /* raw ones too */
	VOLE_TOKEN_ADD,
	VOLE_TOKEN_SUB,
	VOLE_TOKEN_MUL,
	VOLE_TOKEN_QUO,
	VOLE_TOKEN_REM,
	VOLE_TOKEN_AND,
	VOLE_TOKEN_OR,
	VOLE_TOKEN_XOR,
	VOLE_TOKEN_SHL,
	VOLE_TOKEN_SHR,
	VOLE_TOKEN_AND_NOT,
	VOLE_TOKEN_LAND,
	VOLE_TOKEN_LOR,
	VOLE_TOKEN_ARROW,
	VOLE_TOKEN_EQL,
	VOLE_TOKEN_NEQ,
	VOLE_TOKEN_LSS,
	VOLE_TOKEN_LEQ,
	VOLE_TOKEN_GTR,
	VOLE_TOKEN_GEQ,
	VOLE_TOKEN_NOT,
	VOLE_TOKEN_LPAREN,
	VOLE_TOKEN_RPAREN,
	VOLE_TOKEN_LBRACK,
	VOLE_TOKEN_RBRACK,
	VOLE_TOKEN_LBRACE,
	VOLE_TOKEN_RBRACE,
	VOLE_TOKEN_COMMA,
	VOLE_TOKEN_PERIOD,
	VOLE_TOKEN_ELLIPSIS,
	VOLE_TOKEN_COLON,
	VOLE_TOKEN_SEMICOLON,
	VOLE_TOKEN_ASSIGN, /* =, :=, += and the like: statements, refused */
	VOLE_NUM_TOKENS,
};

struct vole_token {
	enum vole_token_kind kind;
	uint32_t column; /* byte offset of its first byte */
	uint32_t len; /* bytes */
};

struct vole_lexer {
	const char *text;
	size_t len;
	size_t at; /* next byte */
};

/** Longest expression, in bytes. */
enum { VOLE_MAX_EXPR = 64 * 1024 };

/** VOLE_SYNTAX when @p text is too long. */
VOLE_CHECKED bool vole_lexer_init(struct vole_lexer *lexer, const char *text,
				  struct vole_error *err);
/** The next token; END again and again at the end. VOLE_SYNTAX. */
VOLE_CHECKED bool vole_lexer_next(struct vole_lexer *lexer,
				  struct vole_token *ret,
				  struct vole_error *err);
/** How the token is written: "+", "&^"; "end of expression" for END. */
const char *vole_token_name(enum vole_token_kind kind);
/** May @p c be inside a name? Bytes of UTF-8 beyond ASCII may. */
bool vole_is_name_byte(char c);

/** The value of a NUMBER token. VOLE_SYNTAX. */
VOLE_CHECKED bool vole_token_number(const struct vole_lexer *lexer,
				    const struct vole_token *token,
				    struct vole_constant *ret,
				    struct vole_error *err);
/** The value of a RUNE or STRING token; strings lie in @p arena. */
VOLE_CHECKED bool vole_token_text(const struct vole_lexer *lexer,
				  const struct vole_token *token,
				  struct vole_arena *arena,
				  struct vole_constant *ret,
				  struct vole_error *err);
/** UTF-8 of @p rune (U+FFFD when it is none); the number of bytes, 1 to 4. */
size_t vole_rune_encode(uint32_t rune, char ret[4]);

#endif
