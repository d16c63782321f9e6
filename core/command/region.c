#include "command/region.h"

void vole_put_region(struct vole_sink *sink, const struct vole_region *region)
{
	vole_sink_text(sink, "region", VOLE_STYLE_HIDDEN,
		       vole_region_name(region->kind));
	vole_sink_text(sink, "live", VOLE_STYLE_HIDDEN,
		       vole_live_name(region->live));
}
