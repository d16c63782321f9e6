/**
 * What a target is that this version cannot read: another Go compiler's
 * program, a C program with Go in a library, a release too old or too new.
 */
#ifndef VOLE_RUNTIME_DETECT_H
#define VOLE_RUNTIME_DETECT_H

#include "runtime/buildinfo.h"
#include "target/debuginfo.h"

/** Go 1.VOLE_OLDEST_MINOR to 1.VOLE_NEWEST_MINOR are tested. */
enum { VOLE_OLDEST_MINOR = 18, VOLE_NEWEST_MINOR = 26 };

/**
 * Say why @p target, which has no Go build information, is not for us:
 * gccgo, TinyGo, Go in a shared library (named), no Go at all. Returns false
 * with VOLE_UNSUPPORTED. @p di may be NULL.
 */
bool vole_detect_foreign(struct vole_target *target,
			 const struct vole_debuginfo *di,
			 struct vole_error *err);
/**
 * VOLE_UNSUPPORTED for releases too old; one newer than tested becomes a
 * problem of @p target.
 */
VOLE_CHECKED bool vole_detect_release(struct vole_target *target,
				      const struct vole_buildinfo *build,
				      struct vole_error *err);

#endif
