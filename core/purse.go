package core

import (
	"flopbook/core/bill"
	"flopbook/core/scenario"
	"flopbook/core/uncertainty"
	"flopbook/core/unit"
)

// A Purse is the currency that the bill is shown in, at its rate. The bill
// itself and its files are in US dollars; a purse converts once, at the edge.
type Purse struct {
	*unit.Currency
	Rate   uncertainty.Value // units of the currency for a dollar
	Abroad bool              // it is not the dollar
}

// PurseOf is the purse of a case.
func PurseOf(in *Resolved) Purse {
	p := Purse{Currency: unit.FindCurrency(in.Bill.Currency), Rate: uncertainty.Value{V: 1}}
	if rate := &in.Num[scenario.InputField(bill.Exchange)]; rate.Known && in.Bill.Currency != "" {
		p.Rate, p.Abroad = uncertainty.Of(rate.R), true
	}
	return p
}

// Of converts dollars.
func (p *Purse) Of(usd uncertainty.Value) uncertainty.Value { return usd.By(p.Rate) }

// PerUSD is how many of the currency's smallest parts are a dollar.
func (p *Purse) PerUSD() float64 { return p.Rate.V * p.Parts() }

// Name is how a formula calls an amount in the purse's currency.
func (p *Purse) Name(key string) string {
	if p.Abroad {
		return key + "_exchanged"
	}
	return key
}
