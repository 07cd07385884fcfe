// Package view is the page: go-app components over package state. It is the
// only importer of go-app.
//
// go-app's traps and how this package keeps clear of them: no float reaches an
// attribute or a text (it would be printed with four decimals), the text of an
// input is kept as it was typed, handlers are methods that read what they need
// from their component or from the element's data attributes (a closure in a
// loop goes stale), every handler goes through [safe], and no attribute is set
// to false that HTML does not know as boolean.
package view

import "github.com/maxence-charriere/go-app/v10/pkg/app"

// Run starts the page; it returns at once outside a browser.
func Run() {
	// One route for every path: the same page works at a host's root, below a
	// folder and from a file.
	app.RouteWithRegexp(".*", func() app.Composer { return newPage() })
	app.RunWhenOnBrowser()
}
