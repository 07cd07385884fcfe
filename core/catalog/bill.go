package catalog

import (
	_ "embed"
	"sync"
)

//go:embed data/bill.csv
var billCSV string

var billTable = sync.OnceValue(func() *namedTable {
	t := &namedTable{at: map[string]int{}}
	eachRow(billCSV, func(r []string) {
		if _, twice := t.at[r[0]]; twice {
			panic("catalog: bill figure " + r[0] + " given twice")
		}
		t.at[r[0]] = len(t.all)
		t.all = append(t.all, Named{r[0], value(r[1], r[2], r[3], r[4], r[5], r[6], r[7], r[8], r[9])})
	})
	return t
})

// BillFigures lists what the whole bill assumes, in the order of the table. Read only.
func BillFigures() []Named { return billTable().all }

// BillFigure is what the whole bill assumes under a name; false for a name
// that the table lacks. It allocates nothing.
func BillFigure(name string) (*Value, bool) {
	t := billTable()
	i, ok := t.at[name]
	if !ok {
		return nil, false
	}
	return &t.all[i].Value, true
}
