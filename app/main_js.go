//go:build js

// Flopbook's page. A main of its own by build tag, because a main that also
// serves would carry net/http's server into the browser and double the
// download.
package main

import (
	"flopbook/app/task"
	"flopbook/app/view"
)

func main() {
	if task.Asked() {
		task.Answer()
		return
	}
	view.Run()
}
