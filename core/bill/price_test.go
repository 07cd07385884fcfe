package bill

import (
	"testing"

	"flopbook/core/catalog"
)

// The price of an H100 is V-shaped: $8 at the peak of 2023, $1.70 in October
// 2025, $2.60 in mid-2026. A trend drawn through it would be wrong both ways.
func TestRentalPricesAreNotExtended(t *testing.T) {
	all := catalog.RentalPrices("h100-sxm")
	p23, p25, p26, p30 := PriceIn(all, 2023.7), PriceIn(all, 2025.8), PriceIn(all, 2026.5), PriceIn(all, 2030)
	for name, p := range map[string]PriceOf{"2023": p23, "2025": p25, "2026": p26, "2030": p30} {
		if !p.Known || !(p.R.Lo <= p.R.V && p.R.V <= p.R.Hi) || p.R.Lo <= 0 {
			t.Errorf("%s: %+v", name, p)
		}
	}
	if !(p23.R.V > p25.R.V) {
		t.Errorf("2023 %v, 2025 %v", p23.R, p25.R)
	}
	if p25.R.Lo > 1.70 || p23.R.Hi < 8 {
		t.Errorf("the low of 2025 and the peak of 2023 lie outside: %v, %v", p25.R, p23.R)
	}
	newest := PriceIn(all, 2027)
	if p30.R.V != newest.R.V {
		t.Errorf("2030 %v, newest %v: a trend was drawn", p30.R, newest.R)
	}
	if !(p30.R.Lo < newest.R.Lo && p30.R.Hi > newest.R.Hi) {
		t.Error("the range does not widen with the years")
	}
	if p := PriceIn(nil, 2026); p.Known {
		t.Errorf("no prices: %+v", p)
	}
}
