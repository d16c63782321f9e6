/*
 * A sound channel, then bytes of it replaced: whatever opens has its elements
 * inside its buffer.
 */
#include "../unit/fake_patch.h"

#include "runtime/chan.h"

enum { HCHAN = FAKE_BASE, BUF = FAKE_BASE + 0x1000 };

static void build(struct fake_go *go, struct vole_type *type)
{
	fake_has(go, VOLE_STRUCT_HCHAN, 96);
	fake_field(go, VOLE_HCHAN_QCOUNT, 0, 8);
	fake_field(go, VOLE_HCHAN_DATAQSIZ, 8, 8);
	fake_field(go, VOLE_HCHAN_BUF, 16, 8);
	fake_field(go, VOLE_HCHAN_ELEMSIZE, 24, 2);
	fake_field(go, VOLE_HCHAN_CLOSED, 28, 4);
	fake_field(go, VOLE_HCHAN_RECVX, 56, 8);
	go->elem = *fake_type(go, VOLE_KIND_INT, 8);
	*type = *fake_type(go, VOLE_KIND_CHAN, 8);
	type->elem = &go->elem;
	fake_store(go, HCHAN, 8, 3);
	fake_store(go, HCHAN + 8, 8, 4);
	fake_store(go, HCHAN + 16, 8, BUF);
	fake_store(go, HCHAN + 24, 2, 8);
	fake_store(go, HCHAN + 56, 8, 2);
}

static void check(const struct vole_chan *chan, uint64_t index)
{
	struct vole_error err;
	uint64_t addr;

	if (!vole_chan_elem(chan, index, &addr, &err)) {
		if (index < chan->len)
			abort();
		return;
	}
	if (index >= chan->len || addr < chan->buf ||
	    addr - chan->buf > (chan->cap - 1) * chan->elem_size)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vole_error err;
	struct vole_type type;
	struct vole_chan chan;
	struct fake_go go;

	if (!size)
		return 0;
	fake_go_open(&go);
	build(&go, &type);
	fake_patch(&go, data + 1, size - 1);
	if (vole_chan_open(&go.rt, data[0] & 1 ? &type : NULL, HCHAN, &chan,
			   &err)) {
		check(&chan, 0);
		check(&chan, data[0]);
		check(&chan, chan.len - 1);
		check(&chan, chan.len);
	}
	fake_go_close(&go);
	return 0;
}
