package unit

import (
	"math"
	"strconv"
	"strings"
)

// A Currency says how an amount of money is written. Money is held in US
// dollars and converted once, where it is printed.
type Currency struct {
	Key, Code, Sign, Name string
	Places                int // figures behind the point of the smallest part
}

// Currencies are those in which a bill can be shown, the dollar first.
var Currencies = [...]Currency{
	{"usd", "USD", "$", "US dollars", 2},
	{"eur", "EUR", "€", "euros", 2},
	{"gbp", "GBP", "£", "pounds sterling", 2},
	{"jpy", "JPY", "¥", "Japanese yen", 0},
	{"cny", "CNY", "CN¥", "Chinese yuan", 2},
	{"inr", "INR", "₹", "Indian rupees", 2},
}

// FindCurrency finds a currency by its key; the dollar where there is none.
func FindCurrency(key string) *Currency {
	for i := range Currencies {
		if Currencies[i].Key == key {
			return &Currencies[i]
		}
	}
	return &Currencies[0]
}

// Parts is how many of its smallest parts a unit has: 100 cents, 1 yen.
func (c *Currency) Parts() float64 { return math.Pow10(c.Places) }

func (c *Currency) signed(dollars string) string {
	return strings.ReplaceAll(dollars, Currencies[0].Sign, c.Sign)
}

// Short prints an amount of the currency as [Short] prints dollars; k is a
// kind of money.
func (c *Currency) Short(k Kind, v float64) string { return c.signed(Short(k, v)) }

// Text prints an amount and its interval as [Text] does.
func (c *Currency) Text(k Kind, r Range) (value, span string) {
	value, span = Text(k, r)
	return c.signed(value), c.signed(span)
}

// Full prints an amount in full, to its smallest part: "€1,234,567.89", "¥1,234,568".
func (c *Currency) Full(v float64) string {
	if !finite(v) {
		return c.Short(Money, v)
	}
	whole, part, _ := strings.Cut(strconv.FormatFloat(math.Abs(v), 'f', c.Places, 64), ".")
	s := c.Sign + grouped(whole)
	if part != "" {
		s += "." + part
	}
	if v < 0 {
		s = minus + s
	}
	return s
}
