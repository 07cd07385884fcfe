package core

import (
	"flopbook/core/scenario"
	"flopbook/core/unit"
)

// Teaching is what a run does to a model in words, in the two forms that
// sentences take, with what stands behind the model: "Training" it, or
// "Teaching" it "with an adapter (LoRA)", which leaves the model as it is.
func Teaching(in *Resolved) (doing, do, with string) {
	switch {
	case in.Recipe.Frozen == 0:
		return "Training", "train", ""
	case in.Recipe.Name == "qlora":
		return "Teaching", "teach", " with an adapter (QLoRA)"
	}
	return "Teaching", "teach", " with an adapter (LoRA)"
}

// Sentence is the answer in words, with ranges.
func Sentence(in *Resolved, out *Report) string {
	doing, do, with := Teaching(in)
	model := in.ModelName + with
	tokens := unit.Words(unit.TokenCount, out.V[Tokens].V)
	gpus := unit.Short(unit.Count, out.V[GPUs].V) + " × " + in.Train.Name
	days := ranged(out, Days)
	cost := ranged(out, Cost)
	energy := ranged(out, Energy)
	var s string
	switch in.Ask {
	case "gpus":
		if out.Binds == BindsBatch {
			s = "No number of GPUs can " + do + " " + model + " on " + tokens + " within " + unit.Short(unit.DayCount, in.V(scenario.Days)) + ": more of them cannot share this batch. " +
				ranged(out, GPUs) + " × " + in.Train.Name + " are about as many as help; they take " + days + " and cost about " + cost
			break
		}
		s = doing + " " + model + " on " + tokens + " within " + unit.Short(unit.DayCount, in.V(scenario.Days)) + " takes " + ranged(out, GPUs) + " × " + in.Train.Name +
			"; " + lower(BindingText(out.Binds)) + " It then takes " + days + " and costs about " + cost
	case "usd":
		s = doing + " " + model + " on " + tokens + " costs about " + cost + " in rent: " + gpus + " for " + days
	case "tokens":
		s = gpus + " in " + days + " " + do + " " + model + " on " + ranged(out, Tokens) + ", for about " + cost
	case "params":
		s = gpus + " in " + days + " " + do + " " + sizeSentence(out) + with + " on " + tokens + ", for about " + cost
	case "check":
		fs := Claim(in, out)
		s = doing + " " + model + " on " + tokens + " with " + gpus + " in " + unit.Short(unit.DayCount, in.V(scenario.Days)) + ": " + fs[0].Says + " " + fs[len(fs)-1].Says
		return s
	default:
		s = doing + " " + model + " on " + tokens + " with " + gpus + " takes " + days + " and costs about " + cost
	}
	s += ", with " + energy + " of electricity."
	if out.Known[CrossingDays] {
		s += " Answering " + unit.Words(unit.Count, in.V(scenario.People)) + " people has cost more than that after " + ranged(out, CrossingDays) + "."
	}
	return s
}

// sizeSentence is the size found, in words.
func sizeSentence(out *Report) string {
	if !out.Known[SizeLargest] {
		return "not even the smallest model tried"
	}
	return "a model of up to " + ranged(out, SizeLargest)
}

func ranged(out *Report, k Key) string {
	v, span := unit.Text(Quantities[k].Kind, out.V[k])
	if span == "" {
		return v
	}
	return v + " (" + span + ")"
}

func lower(s string) string {
	if s == "" {
		return s
	}
	return string(s[0]|0x20) + s[1:]
}

// BindingText says which rule set the answer, as a sentence.
func BindingText(b Binding) string {
	switch b {
	case BindsMemory:
		return "Memory decides: the run does not fit on fewer."
	case BindsDeadline:
		return "The deadline decides: fewer would take too long."
	case BindsBatch:
		return "No number of GPUs meets the deadline: more of them cannot share this batch."
	case BindsBudget:
		return "The budget decides how much can be trained."
	case BindsRoom:
		return "Memory decides: a larger model does not fit on these GPUs."
	case BindsTime:
		return "GPUs and days decide how much can be trained."
	}
	return ""
}
