package main

import "strings"

var (
	stringEmpty       = ""
	stringPlain       = "hello"
	stringUnicode     = "grüße 世界 🐹"
	stringQuotes      = "say \"hi\" and 'bye' and `tick`"
	stringControl     = "a\tb\nc\rd\x01\x7f\a\b\f\v"
	stringEscape      = "\x1b[31mred\x1b[0m \x1b]0;title\x07"
	stringInvalid     = "ok\xff\xfe\xc3(\xed\xa0\x80end"
	stringCut         = "tail \xe4\xb8"
	stringOverride    = "user\u202etxt.exe\u2066x\u2069\ufeff"
	stringNul         = "before\x00after"
	stringBackslash   = `C:\dir\new "x"`
	stringLong        = strings.Repeat("0123456789", 1000)
	stringLongUTF8    = strings.Repeat("世", 3000)
	stringPart        = stringLong[9990:]
	stringSpace       = "  two  spaces  "
	stringC1          = "\u0085\u009b31m"
	stringOneInvalid  = "\x80"
	stringReplacement = "\ufffd"
)
