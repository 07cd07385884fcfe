package catalog

import (
	"fmt"
	"strconv"
	"strings"

	"flopbook/core/unit"
)

// units maps the tables' units onto kinds and the kinds' bases.
var units = map[string]struct {
	kind  unit.Kind
	scale float64
}{
	"TFLOP/s":      {unit.FLOPRate, 1e12},
	"B":            {unit.ByteCount, 1},
	"GB/s":         {unit.ByteRate, 1e9},
	"B/s":          {unit.ByteRate, 1},
	"count":        {unit.Count, 1},
	"W":            {unit.Power, 1},
	"ratio":        {unit.Fraction, 1},
	"USD":          {unit.Money, 1},
	"USD/GPU-h":    {unit.USDPerGPUHour, 1},
	"USD/Mtok":     {unit.USDPerMTok, 1},
	"USD/kWh":      {unit.USDPerKWh, 1},
	"gCO2e/kWh":    {unit.KgPerKWh, 1e-3},
	"kg":           {unit.Carbon, 1},
	"L":            {unit.Volume, 1},
	"s":            {unit.Time, 1},
	"L/kWh":        {unit.None, 1},
	"per year":     {unit.None, 1},
	"years":        {unit.None, 1},
	"USD/MW":       {unit.None, 1},
	"USD/GW":       {unit.None, 1},
	"USD/kW-month": {unit.None, 1},
	"Wh":           {unit.QueryEnergy, 3600},
	"kWh/year":     {unit.None, 1},
	"times":        {unit.None, 1},
	"months":       {unit.None, 1},
	"GB/core-h":    {unit.None, 1},
	"MB/s":         {unit.None, 1},
	"B/token":      {unit.BytesPerToken, 1},
	"params":       {unit.ParamCount, 1},
	"tokens":       {unit.TokenCount, 1},
	"tokens/s":     {unit.TokenRate, 1},
	"hours":        {unit.HourCount, 1},
	"GPU-h":        {unit.GPUHourCount, 1},
	"days":         {unit.DayCount, 1},
	"per day":      {unit.PerDay, 1},
}

// eachRow calls f with the fields of every line after the header. Fields are
// slices of the text; the slice itself is reused. Our CSVs hold no line breaks
// inside quotes, which a test over encoding/csv makes sure of.
func eachRow(text string, f func(row []string)) {
	var buf []string
	header := true
	for len(text) > 0 {
		line := text
		if i := strings.IndexByte(text, '\n'); i >= 0 {
			line, text = text[:i], text[i+1:]
		} else {
			text = ""
		}
		line = strings.TrimSuffix(line, "\r")
		if header || line == "" {
			header = false
			continue
		}
		buf = splitRow(buf[:0], line)
		f(buf)
	}
}

func splitRow(buf []string, line string) []string {
	for {
		var field string
		if strings.HasPrefix(line, `"`) {
			i := 1
			for i < len(line) {
				if line[i] == '"' {
					if i+1 < len(line) && line[i+1] == '"' {
						i++
					} else {
						break
					}
				}
				i++
			}
			field = strings.ReplaceAll(line[1:min(i, len(line))], `""`, `"`)
			line = line[min(i+1, len(line)):]
		} else if i := strings.IndexByte(line, ','); i >= 0 {
			field, line = line[:i], line[i:]
		} else {
			field, line = line, ""
		}
		buf = append(buf, field)
		if !strings.HasPrefix(line, ",") {
			return buf
		}
		line = line[1:]
	}
}

// value builds a Value from a row's cells. A mistake in an embedded table is
// ours and stops the program at once: tests load every table.
func value(v, lo, hi, un, src, date, conf, prov, note string) Value {
	u, ok := units[un]
	if !ok {
		panic(fmt.Sprintf("catalog: unit %q is not known", un))
	}
	out := Value{Kind: u.kind, Known: true, Unit: un, Source: src, Date: date, Provenance: prov, Note: note}
	out.V = number(v) * u.scale
	out.Lo, out.Hi = out.V, out.V
	if lo != "" {
		out.Lo = number(lo) * u.scale
	}
	if hi != "" {
		out.Hi = number(hi) * u.scale
	}
	switch conf {
	case "high":
		out.Confidence = High
	case "medium":
		out.Confidence = Medium
	case "low":
		out.Confidence = Low
	default:
		panic(fmt.Sprintf("catalog: confidence %q is not known", conf))
	}
	return out
}

func number(s string) float64 {
	x, err := strconv.ParseFloat(s, 64)
	if err != nil {
		panic("catalog: " + err.Error())
	}
	return x
}
