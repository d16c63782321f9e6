/**
 * Quotients of complex numbers as Go computes them, by Smith's method.
 * src/runtime/complex.go: complex128div().
 */
#ifndef VOLE_VALUE_COMPLEX_H
#define VOLE_VALUE_COMPLEX_H

#include "value/eval.h"

/** n / m, which may be infinite or NaN, in re and im of @p r. */
void vole_complex_divide(const struct vole_number *n,
			 const struct vole_number *m, struct vole_number *r);

#endif
