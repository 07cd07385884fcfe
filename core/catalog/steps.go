package catalog

import "flopbook/core/derivation"

// Let writes the figure into a book as a quantity that formulas can name, with
// its source, date and range. The value and range are those of the table.
func (v *Value) Let(b *derivation.Book, name, symbol, label string) {
	out := derivation.Var{Name: name, Symbol: symbol, Label: label, Kind: v.Kind, Value: v.V,
		Origin: derivation.Constant, Source: v.Source, Date: v.Date, Note: v.Note}
	if v.Lo != v.Hi {
		out.Lo, out.Hi = v.Lo, v.Hi
	}
	switch v.Provenance {
	case "given":
		out.Origin = derivation.Given
	case "assumed":
		out.Origin = derivation.Assumed
	}
	b.Let(out)
}
