package unit

import "testing"

// Money in another currency reads as dollars do, with its own sign and no
// more figures than its smallest part has.
func TestMoneyInEachCurrency(t *testing.T) {
	for key, want := range map[string][3]string{
		"usd": {"$1.23 million", "$1,234,567.89", "$2.50/GPU-hour"}, "eur": {"€1.23 million", "€1,234,567.89", "€2.50/GPU-hour"},
		"jpy": {"¥1.23 million", "¥1,234,568", "¥2.50/GPU-hour"}, "cny": {"CN¥1.23 million", "CN¥1,234,567.89", "CN¥2.50/GPU-hour"},
	} {
		c := FindCurrency(key)
		if c.Key != key || c.Sign+plainSpaces(c.Short(Money, 1234567.89))[len(c.Sign):] != want[0] || c.Full(1234567.89) != want[1] || c.Short(USDPerGPUHour, 2.5) != want[2] {
			t.Errorf("%s: %q, %q, %q", key, c.Short(Money, 1234567.89), c.Full(1234567.89), c.Short(USDPerGPUHour, 2.5))
		}
	}
	if _, span := FindCurrency("gbp").Text(Money, Range{V: 1000, Lo: 500, Hi: 2000}); span != "£500 to £2,000" {
		t.Errorf("span %q", span)
	}
	if got := FindCurrency("eur").Full(-0.5); got != minus+"€0.50" {
		t.Errorf("a debt: %q", got)
	}
	if FindCurrency("xyz").Key != "usd" {
		t.Error("a currency that nobody knows is not the dollar")
	}
}
