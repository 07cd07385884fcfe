package catalog

import (
	_ "embed"
	"sync"
)

// An APIPrice is a list price per million tokens at a date, to hold the cost
// of serving against. Batch, committed-use and long-context rates differ.
type APIPrice struct {
	Model  string
	Seller string
	Kind   string // closed (only its maker sells it), maker (open weights, the maker's own API), host (open weights, anyone's)
	Input  Value  // USD per million input tokens
	Output Value  // USD per million output tokens
	Cached Value  // USD per million input tokens found in cache, where stated
}

//go:embed data/api_prices.csv
var apiPricesCSV string

var apiPrices = sync.OnceValue(loadAPIPrices)

func loadAPIPrices() []APIPrice {
	var out []APIPrice
	eachRow(apiPricesCSV, func(r []string) {
		p := APIPrice{Model: r[0], Seller: r[1], Kind: r[2],
			Input:  value(r[3], "", "", r[6], r[7], r[8], r[9], r[10], r[11]),
			Output: value(r[4], "", "", r[6], r[7], r[8], r[9], r[10], r[11])}
		if r[5] != "" {
			p.Cached = value(r[5], "", "", r[6], r[7], r[8], r[9], r[10], r[11])
		}
		out = append(out, p)
	})
	return out
}

// APIPrices lists the table. Read only.
func APIPrices() []APIPrice { return apiPrices() }
