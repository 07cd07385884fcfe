package catalog

import (
	_ "embed"
	"sort"
	"strings"
	"sync"
)

// A RentalPrice is what someone asked for an accelerator-hour at a date.
// Prices do not form a trend to extend: an H100 cost 8 USD in 2023, 1.70 in
// October 2025 and 2.60 in mid-2026.
type RentalPrice struct {
	Accelerator string // key
	Seller      string
	Kind        string // on-demand, spot, reserved 1y, reserved 3y, median on-demand, index
	Value              // USD per accelerator-hour
}

//go:embed data/rental_epoch.csv
var rentalEpochCSV string

//go:embed data/rental_pages.csv
var rentalPagesCSV string

var rentals = sync.OnceValue(loadRentals)

func loadRentals() []RentalPrice {
	var out []RentalPrice
	for _, text := range []string{rentalEpochCSV, rentalPagesCSV} {
		eachRow(text, func(r []string) {
			out = append(out, RentalPrice{r[0], r[1], r[2], value(r[3], "", "", r[4], r[5], r[6], r[7], r[8], r[9])})
		})
	}
	sort.SliceStable(out, func(i, j int) bool {
		if c := strings.Compare(out[i].Accelerator, out[j].Accelerator); c != 0 {
			return c < 0
		}
		return out[i].Date < out[j].Date
	})
	return out
}

// RentalPrices lists the dated rental prices of an accelerator, oldest first;
// none for a key without any. The slice is shared: read only.
func RentalPrices(key string) []RentalPrice {
	all := rentals()
	lo := sort.Search(len(all), func(i int) bool { return all[i].Accelerator >= key })
	hi := sort.Search(len(all), func(i int) bool { return all[i].Accelerator > key })
	return all[lo:hi]
}
