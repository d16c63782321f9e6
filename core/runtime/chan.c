#include "runtime/chan.h"

#include "base/checked.h"

/* The address space of a process; no allocation is larger. */
static const uint64_t MAX_ALLOC = UINT64_C(1) << 48;

/* src/runtime/chan.go: type hchan */
static bool read_header(const struct vole_runtime *rt, uint64_t addr,
			struct vole_chan *ret, struct vole_error *err)
{
	struct vole_view c = vole_runtime_view(rt, addr, err);
	uint64_t closed = vole_get(&c, VOLE_HCHAN_CLOSED);

	ret->addr = addr;
	ret->len = vole_get(&c, VOLE_HCHAN_QCOUNT);
	ret->cap = vole_get(&c, VOLE_HCHAN_DATAQSIZ);
	ret->buf = vole_get(&c, VOLE_HCHAN_BUF);
	ret->elem_size = vole_get(&c, VOLE_HCHAN_ELEMSIZE);
	ret->recvx = vole_get(&c, VOLE_HCHAN_RECVX);
	ret->receivers = vole_get(&c, VOLE_HCHAN_RECVQ);
	ret->senders = vole_get(&c, VOLE_HCHAN_SENDQ);
	ret->timer = vole_get(&c, VOLE_HCHAN_TIMER);
	ret->closed = closed != 0;
	if (!c.ok)
		return false;
	if (closed > 1)
		return vole_fail(err, VOLE_CORRUPT, addr,
				 "channel with closed=%" PRIu64, closed);
	return true;
}

static bool check(const struct vole_chan *chan, struct vole_error *err)
{
	uint64_t size;

	if (chan->len > chan->cap)
		return vole_fail(err, VOLE_CORRUPT, chan->addr,
				 "channel with %" PRIu64
				 " elements in a buffer of %" PRIu64,
				 chan->len, chan->cap);
	if (chan->cap ? chan->recvx >= chan->cap : chan->recvx)
		return vole_fail(err, VOLE_CORRUPT, chan->addr,
				 "channel that receives at %" PRIu64
				 " of a buffer of %" PRIu64,
				 chan->recvx, chan->cap);
	if (chan->cap > INT64_MAX ||
	    __builtin_mul_overflow(chan->cap, chan->elem_size, &size) ||
	    size > MAX_ALLOC)
		return vole_fail(err, VOLE_CORRUPT, chan->addr,
				 "channel buffer of %" PRIu64
				 " elements of %" PRIu64 " bytes",
				 chan->cap, chan->elem_size);
	if (size && (!chan->buf || !vole_range_ok(chan->buf, size)))
		return vole_fail(err, VOLE_CORRUPT, chan->addr,
				 "channel buffer of %" PRIu64
				 " bytes at 0x%" PRIx64,
				 size, chan->buf);
	return true;
}

bool vole_chan_open(const struct vole_runtime *rt, const struct vole_type *type,
		    uint64_t addr, struct vole_chan *ret,
		    struct vole_error *err)
{
	struct vole_chan chan = { 0 };

	if (addr && (!read_header(rt, addr, &chan, err) || !check(&chan, err)))
		return false;
	if (addr && type) {
		if (!vole_type_load(rt->types, type->elem, err))
			return false;
		if (type->elem->size != chan.elem_size)
			return vole_fail(err, VOLE_CORRUPT, addr,
					 "channel with elements of %" PRIu64
					 " bytes, its type's have %" PRIu64,
					 chan.elem_size, type->elem->size);
	}
	*ret = chan;
	return true;
}

bool vole_chan_elem(const struct vole_chan *chan, uint64_t index, uint64_t *ret,
		    struct vole_error *err)
{
	uint64_t wrap = chan->cap - chan->recvx;

	if (index >= chan->len)
		return vole_fail(err, VOLE_USAGE, chan->addr,
				 "element %" PRIu64
				 " of a channel that holds %" PRIu64,
				 index, chan->len);
	index = index < wrap ? chan->recvx + index : index - wrap;
	if (!vole_at(chan->buf, index, chan->elem_size, ret))
		return vole_fail(err, VOLE_CORRUPT, chan->addr,
				 "channel buffer past the end of memory");
	return true;
}
