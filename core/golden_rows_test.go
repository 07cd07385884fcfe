package core_test

import (
	"encoding/csv"
	"os"
	"slices"
	"strings"
	"testing"
)

// goldenRows are the rows of a table of published values, each as its cells by
// name, and whether the table is our own: else it is the one that the variable
// names. FLOPBOOK_GOLDEN takes either kind of table, told apart by its header;
// the test of the other kind then has nothing to read and is skipped.
func goldenRows(t *testing.T, variable, ours string, columns ...string) (rows []func(column string) string, own bool) {
	t.Helper()
	given, either := os.Getenv(variable), os.Getenv("FLOPBOOK_GOLDEN")
	file := ours
	if given != "" {
		file = given
	} else if either != "" {
		file = either
	}
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil || len(lines) < 2 {
		t.Fatalf("%s: %d rows, %v", file, len(lines), err)
	}
	at := map[string]int{}
	for i, name := range lines[0] {
		at[strings.TrimPrefix(name, "\ufeff")] = i
	}
	for _, name := range columns {
		if _, ok := at[name]; ok {
			continue
		}
		_, training := at["formula"]
		_, serving := at["case"]
		if file == either && training != serving && training != slices.Contains(columns, "formula") {
			t.Skipf("%s is a table of the other kind", file)
		}
		t.Fatalf("%s has no column %q", file, name)
	}
	for _, line := range lines[1:] {
		rows = append(rows, func(column string) string { return line[at[column]] })
	}
	return rows, file == ours
}
