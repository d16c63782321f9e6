#include "value/complex.h"

#include <math.h>

/* An infinity as one of its sign, anything else as a zero of its sign. */
static double boxed(double x)
{
	return copysign(isinf(x) ? 1 : 0, x);
}

/* Quotients that came out as NaN but are infinite or zero: C99, annex G. */
static void repair(const struct vole_number *n, const struct vole_number *m,
		   struct vole_number *r)
{
	double a = n->re, b = n->im, c = m->re, d = m->im;

	if (!c && !d && (!isnan(a) || !isnan(b))) {
		r->re = copysign(INFINITY, c) * a;
		r->im = copysign(INFINITY, c) * b;
	} else if ((isinf(a) || isinf(b)) && isfinite(c) && isfinite(d)) {
		a = boxed(a);
		b = boxed(b);
		r->re = INFINITY * (a * c + b * d);
		r->im = INFINITY * (b * c - a * d);
	} else if ((isinf(c) || isinf(d)) && isfinite(a) && isfinite(b)) {
		c = boxed(c);
		d = boxed(d);
		r->re = 0 * (a * c + b * d);
		r->im = 0 * (b * c - a * d);
	}
}

void vole_complex_divide(const struct vole_number *n,
			 const struct vole_number *m, struct vole_number *r)
{
	double ratio, scale;

	if (fabs(m->re) >= fabs(m->im)) {
		ratio = m->im / m->re;
		scale = m->re + ratio * m->im;
		r->re = (n->re + n->im * ratio) / scale;
		r->im = (n->im - n->re * ratio) / scale;
	} else {
		ratio = m->re / m->im;
		scale = m->im + ratio * m->re;
		r->re = (n->re * ratio + n->im) / scale;
		r->im = (n->im * ratio - n->re) / scale;
	}
	if (isnan(r->re) && isnan(r->im))
		repair(n, m, r);
}
