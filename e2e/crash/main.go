//go:build js

// A program that panics after it has started, for the test of the loader's
// banner.
package main

import "time"

func main() {
	time.Sleep(50 * time.Millisecond)
	panic("on purpose")
}
