package serve

// TurnHits is the share of prompt tokens of a conversation of turns turns that
// a prefix cache holds, when each turn adds in tokens of question and out of
// answer to what went before: 1 - m u / Σ (j u + (j-1) o).
func TurnHits(turns, in, out float64) float64 {
	total := in*turns*(turns+1)/2 + out*turns*(turns-1)/2
	return 1 - turns*in/total
}

// PrefillSaved is the share of prefill arithmetic that a cached prefix saves;
// more of the start of a prompt is cheap, so it is less than the share of
// tokens where attention matters.
func PrefillSaved(m *Model, in, cached float64) float64 {
	if in <= 0 {
		return 0
	}
	w := Prefill(m, 1, in, 0)
	r := Prefill(m, 1, in, cached)
	return 1 - prefillFLOP(m, &r)/prefillFLOP(m, &w)
}

func prefillFLOP(m *Model, w *Work) float64 {
	return (m.DenseFLOP+m.ExpertFLOP)*w.Prompt + m.HeadFLOP*w.Logits + m.PairFLOP*((m.Seeing-m.Local)*w.Pairs+m.Local*w.Near)
}

// ReuseBandwidth is the least bytes/s at which loading a cached prefix beats
// computing it again: 2 d s G / (gqa (a p d + b d²)), with a prefix of p tokens,
// width d, s bytes per element, G FLOP/s and gqa query heads per key head
// (Mooncake, FAST 2025, equation 2; a = 4, b = 22 for its models).
func ReuseBandwidth(prefix, width, elem, flops, gqa, a, b float64) float64 {
	return 2 * width * elem * flops / (gqa * (a*prefix*width + b*width*width))
}

// HeldTokens is the tokens whose cache fits into memory.
func HeldTokens(memory, kvPerToken float64) float64 { return memory / kvPerToken }

// WritePays is the reuses after which a paid cache write is cheaper than
// sending the prompt again: (w - 1)/(1 - r), w and r the price of a write and a
// read over that of plain input.
func WritePays(write, read float64) float64 { return (write - 1) / (1 - read) }

// An LRU holds the blocks that were used last; it replays traces of prefix
// blocks against a cache of limited size. The zero value is not usable, see
// [NewLRU].
type LRU struct {
	at         map[uint64]int32
	key        []uint64
	prev, next []int32
	head, tail int32
	used       int
	Hits, Seen int // blocks
}

// NewLRU makes a cache of the given number of blocks, at least 1.
func NewLRU(blocks int) *LRU {
	blocks = max(blocks, 1)
	return &LRU{at: make(map[uint64]int32, min(blocks, 1<<20)), key: make([]uint64, 0, min(blocks, 1<<20)), head: -1, tail: -1, used: blocks}
}

// Request looks up the blocks of one prompt in order. Blocks count as found up
// to the first that is missing, since a prefix is only as good as its start;
// all of them are then held and are the last used.
func (c *LRU) Request(blocks []uint64) (hits int) {
	found := true
	for _, b := range blocks {
		if _, ok := c.at[b]; !ok {
			found = false
		}
		if found {
			hits++
		}
	}
	for _, b := range blocks {
		c.touch(b)
	}
	c.Hits += hits
	c.Seen += len(blocks)
	return hits
}

func (c *LRU) touch(b uint64) {
	i, ok := c.at[b]
	switch {
	case ok:
		c.unlink(i)
	case len(c.key) < c.used:
		i = int32(len(c.key))
		c.key, c.prev, c.next = append(c.key, b), append(c.prev, -1), append(c.next, -1)
		c.at[b] = i
	default:
		i = c.tail
		c.unlink(i)
		delete(c.at, c.key[i])
		c.key[i] = b
		c.at[b] = i
	}
	c.prev[i], c.next[i] = -1, c.head
	if c.head >= 0 {
		c.prev[c.head] = i
	}
	c.head = i
	if c.tail < 0 {
		c.tail = i
	}
}

func (c *LRU) unlink(i int32) {
	if p := c.prev[i]; p >= 0 {
		c.next[p] = c.next[i]
	} else {
		c.head = c.next[i]
	}
	if n := c.next[i]; n >= 0 {
		c.prev[n] = c.prev[i]
	} else {
		c.tail = c.prev[i]
	}
}
