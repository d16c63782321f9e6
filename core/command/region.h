/**
 * A region of memory, the same for scripts in every command that tells of one.
 */
#ifndef VOLE_COMMAND_REGION_H
#define VOLE_COMMAND_REGION_H

#include "check/region.h"
#include "render/sink.h"

/** Its two words, "region" and "live", which only JSON shows. */
void vole_put_region(struct vole_sink *sink, const struct vole_region *region);

#endif
