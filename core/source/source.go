// Package source is the bibliography: every constant in Flopbook carries a key
// into it, so that any number on the page can say where it was published.
package source

import (
	_ "embed"
	"encoding/csv"
	"sort"
	"strings"
	"sync"
)

// A Source is one publication, data set or page.
type Source struct {
	Key      string // readable and stable: "hoffmann-2022"
	Title    string
	Authors  string // people or organisation
	Date     string // of publication: a year, a month or a day
	URL      string // an address, or a path in this repository for our own tables
	Accessed string // day on which it was last consulted
	Licence  string // what using it asks for
	Note     string // "recalled, not read", the commit that was read, ...
}

//go:embed bib.csv
var bib string

var load = sync.OnceValue(func() []Source {
	rows, err := csv.NewReader(strings.NewReader(bib)).ReadAll()
	if err != nil {
		panic("core/source/bib.csv: " + err.Error()) // embedded, so a mistake of ours that tests find
	}
	out := make([]Source, 0, len(rows)-1)
	for _, r := range rows[1:] {
		out = append(out, Source{r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7]})
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Key < out[j].Key })
	return out
})

// All lists the bibliography in order of key. The slice is shared: read only.
func All() []Source { return load() }

// Get finds a source by its key.
func Get(key string) (Source, bool) {
	all := load()
	i := sort.Search(len(all), func(i int) bool { return all[i].Key >= key })
	if i < len(all) && all[i].Key == key {
		return all[i], true
	}
	return Source{}, false
}
