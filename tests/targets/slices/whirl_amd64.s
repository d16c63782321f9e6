#include "textflag.h"

// func whirls(at *[4]int, whirling *int32)
TEXT ·whirls(SB), NOSPLIT, $0-16
	MOVQ at+0(FP), AX
	MOVQ whirling+8(FP), CX
	MOVQ $0, at+0(FP)
	MOVL $1, (CX)
again:
	INCQ (AX)
	JMP  again
