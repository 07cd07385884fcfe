package core_test

import (
	"math"
	"testing"

	"flopbook/core"
	"flopbook/core/derivation/evaltest"
	"flopbook/core/scenario"
)

// A size set by hand: the model's own costs what the estimate says and has its
// loss for its own money; another costs what the case costs that takes it; and
// each figure's formula gives the figure.
func TestASizeSetByHand(t *testing.T) {
	for _, key := range []string{"code-assistant", "frontier-chat"} {
		a := story(t, key)
		l := &a.Out.Serve.Life
		own := a.Out.V[core.ParamsActive].V
		var x core.TriedSize
		if !core.TrySize(&a, own, &x) {
			t.Fatalf("%s: its own size cannot be tried", key)
		}
		near(t, key+": tokens of its own size", x.Tokens, a.In.V(scenario.Tokens), 1e-9)
		near(t, key+": training of its own size", x.Train, a.Out.V[core.Cost].V, 1e-9)
		near(t, key+": serving of its own size", x.Serve, a.Out.V[core.CostPerDay].V*l.Grown, 1e-9)
		near(t, key+": loss for its own money", x.MoneyLoss, x.Loss, 1e-9)
		best := a.Out.V[core.LifetimeParams].V
		for _, by := range []float64{0.9, 1, 1.1, 2} {
			if !core.TrySize(&a, best*by, &x) {
				t.Fatalf("%s: %g times the optimum cannot be tried", key, by)
			}
			b := core.Explain(&a.In, &a.Out)
			core.ExplainSize(b, &a.In, &x)
			evaltest.Check(t, b)
			evaltest.CheckPrinted(t, b)
			if !core.CanTakeSize(&a.In, &a.Out) {
				continue
			}
			taken := a.Case
			taken.SetValue(scenario.Params, x.Params)
			taken.SetValue(scenario.Tokens, x.Tokens)
			taken.SetValue(scenario.GPUs, a.In.V(scenario.GPUs))
			c := core.Answer(&taken)
			near(t, key+": training of the size taken", x.Train, c.Out.V[core.Cost].V, 1e-9)
			near(t, key+": serving of the size taken", x.Serve, c.Out.V[core.CostPerDay].V*c.Out.Serve.Life.Grown, 1e-9)
			near(t, key+": loss of the size taken", x.Loss, c.Out.V[core.Loss].V, 1e-3) // a shape has whole layers and heads
		}
		for _, bad := range []float64{0, -1, math.NaN(), 1} {
			if core.TrySize(&a, bad, &x) {
				t.Errorf("%s: %g parameters reach the loss", key, bad)
			}
		}
	}
	for _, key := range []string{"speech", "image", "support-chatbot"} { // no law, or mostly frozen weights
		a := story(t, key)
		if core.CanTakeSize(&a.In, &a.Out) {
			t.Errorf("%s can take another size", key)
		}
	}
}

// The days on which prices have paid for training are those of a plain daily
// account; the break-even price pays for all at the end of the days ahead.
func TestPaybacksAreThoseOfADailyAccount(t *testing.T) {
	var s scenario.Scenario
	s.SetChoice(scenario.Model, "llama-3.1-8b")
	s.SetNum(scenario.People, "10M")
	s.SetNum(scenario.Growth, "2")
	s.SetNum(scenario.PriceFall, "3")
	a := core.Answer(&s)
	prices := []float64{0.01, 0.3, a.In.V(scenario.TokenPrice), 1, 10}
	points := make([]core.PricePoint, len(prices))
	core.Paybacks(&a.In, &a.Out, prices, points)
	if p, k := points[2], a.Out.V[core.PaybackDays]; p.Earns != a.Out.Known[core.PaybackDays] || p.Earns && p.Days != k.V {
		t.Errorf("at the case's own price %+v, the report says %v", p, k)
	}
	v := &a.In.Serving.Service
	account := func(price, until float64) (sum float64) {
		step := until / 20000
		for d := step / 2; d < until; d += step {
			grown := math.Pow(2, d/365)
			sum += step * grown * (v.PerDay*v.Q.Out/1e6*price*math.Pow(3, -d/365) - a.Out.V[core.CostPerDay].V)
		}
		return sum
	}
	some := false
	for i, p := range points {
		if i > 0 && (points[i-1].Earns && !p.Earns || p.Earns && points[i-1].Earns && p.Days > points[i-1].Days) {
			t.Errorf("dearer and later: %+v after %+v", p, points[i-1])
		}
		if p.Earns {
			some = true
			near(t, "the account on the day", account(p.Price, p.Days), a.Out.V[core.Cost].V, 2e-3)
		}
	}
	if !some || points[0].Earns {
		t.Errorf("%+v", points)
	}
	near(t, "at the break-even price over the days ahead", account(a.Out.V[core.BreakEvenPrice].V, a.In.V(scenario.Horizon)), a.Out.V[core.Cost].V, 2e-3)
}

// Each list price brings what its three prices say; the case's own assumed price
// is the one of the list that it names.
func TestListPrices(t *testing.T) {
	a := story(t, "frontier-chat")
	list := core.ListPrices(&a.In, &a.Out)
	if len(list) < 20 {
		t.Fatalf("%d prices", len(list))
	}
	found := false
	for i, l := range list {
		if i > 0 && l.PerAnswer < list[i-1].PerAnswer {
			t.Errorf("%s after %s", l.Model, list[i-1].Model)
		}
		if l.PerAnswer < l.Out || len(l.Date) < 4 || l.Source == "" {
			t.Errorf("%+v", l)
		}
		if l.Model+" at "+l.Seller == a.In.Serving.ListName && l.Date == a.In.Serving.ListDate {
			found = true
			near(t, "the case's own price", l.PerAnswer, a.In.V(scenario.TokenPrice), 1e-12)
		}
	}
	if !found {
		t.Errorf("%s is not in the list", a.In.Serving.ListName)
	}
}

// The falling price meets the cost on the day that the margin is gone, and a
// year divides it by the fall.
func TestDecline(t *testing.T) {
	a := story(t, "frontier-chat")
	days, ok := core.MarginDays(&a.In, &a.Out)
	if !ok {
		t.Fatal("the margin lasts for ever")
	}
	points := make([]core.DeclinePoint, 2)
	if !core.Decline(&a.In, &a.Out, days/365, points) {
		t.Fatal("no decline")
	}
	near(t, "price on that day", points[1].Price.V, points[1].Cost.V, 1e-9)
	core.Decline(&a.In, &a.Out, 1, points)
	near(t, "a year", points[0].Price.V/points[1].Price.V, a.In.V(scenario.PriceFall), 1e-12)
	if p := points[1].Price; !(p.Lo <= p.V && p.V <= p.Hi) {
		t.Errorf("%v", p)
	}
}

// Longer answers cost more and take longer, the case itself among them; Snell's
// multiplier is 1 for a model of the same size, and for one m times larger at
// least m.
func TestThinking(t *testing.T) {
	for _, key := range []string{"code-assistant", "image"} {
		a := story(t, key)
		points := make([]core.ThinkPoint, len(core.ThinkTimes))
		core.Think(&a, core.ThinkTimes[:], points)
		var own, last core.ThinkPoint
		for _, p := range points {
			if p.Times == 1 {
				own = p
				near(t, key+": the case itself", p.PerQuery, a.Out.V[core.CostPerQuery].V, 1e-9)
			}
			if p.OK {
				last = p
			}
		}
		// Neighbours may lie the other way: whole copies make steps, and a machine that
		// reads less for each token writes keeps its pace with more at once.
		if last.PerQuery <= own.PerQuery || last.Energy <= own.Energy || last.Answer <= own.Answer {
			t.Errorf("%s: %+v, as it is %+v", key, last, own)
		}
		if last.Times < 10 {
			t.Errorf("%s: no longer than %g times", key, last.Times)
		}
		m, ok := core.ThinkInstead(&a.In, &a.Out, 1)
		if ok != (key == "code-assistant") || ok && m != 1 {
			t.Errorf("%s: %g, %v", key, m, ok)
		}
		if m, ok := core.ThinkInstead(&a.In, &a.Out, 4); ok && m < 4 {
			t.Errorf("%s: %g times for a model 4 times larger", key, m)
		}
	}
}

// Looking up is the case of the chatbot itself with the search paid; the whole
// text costs more for each question, tuning less than either but a sum at first.
func TestTextWays(t *testing.T) {
	a := story(t, "support-chatbot")
	var whole core.TheBill
	core.Bill(&a.In, &a.Out, &whole)
	by := map[string]core.TextWay{}
	for _, w := range core.TextWays(&a, &whole) {
		by[w.Key] = w
		if !(w.PerQuery > 0 && w.Setup >= 0 && w.PerYear >= 0 && w.TTFT > 0) {
			t.Errorf("%+v", w)
		}
	}
	rag, long, lora, full := by["rag"], by["long-context"], by["lora"], by["tuning"]
	if rag.PerQuery < a.Out.V[core.CostPerQuery].V || rag.PerQuery > 1.5*a.Out.V[core.CostPerQuery].V {
		t.Errorf("looking up costs %g a question, the case %g", rag.PerQuery, a.Out.V[core.CostPerQuery].V)
	}
	if long.PerQuery < rag.PerQuery || long.Setup != 0 || lora.PerQuery > rag.PerQuery || lora.Setup <= 0 || full.Setup < lora.Setup {
		t.Errorf("%+v", by)
	}
	// At the demand of the case machines cost what its price of a question says;
	// before one copy is full they cost the same for any number of questions.
	horizon := a.In.V(scenario.Horizon)
	asked := a.In.V(scenario.People) * a.In.V(scenario.Questions) * horizon
	for key, w := range by {
		near(t, key+": machines at the case's demand", w.Machines(asked)+asked*w.Paid, asked*w.PerQuery, 1e-9)
		if few, more := w.Machines(horizon), w.Machines(10*horizon); few != more || few <= 0 {
			t.Errorf("%s: one question a day takes $%.0f of machines, ten take $%.0f", key, few, more)
		}
	}
	if few, many := rag.Machines(horizon), rag.Machines(100*asked); many < 2*few || many > 100*few {
		t.Errorf("a hundred times the questions take $%.0f of machines, one a day $%.0f", many, few)
	}
	b := story(t, "image")
	core.Bill(&b.In, &b.Out, &whole)
	if core.TextWays(&b, &whole) != nil {
		t.Error("pictures are drawn from texts")
	}
}

// Allowing a slower pace, or a later first token, never makes a question dearer
// by more than whole copies do.
func TestAskingLessNeverCostsMore(t *testing.T) {
	for _, key := range []string{"code-assistant", "support-chatbot", "frontier-chat"} {
		s := scenario.FindStory(key)
		for _, n := range []scenario.Num{scenario.TPOT, scenario.TTFT} {
			a := core.Answer(&s.Case)
			last := a.Out.V[core.CostPerDay].V
			for _, by := range []float64{1.5, 2, 3, 5, 10} {
				next := s.Case
				next.Reset(n)
				if p := next.SetValue(n, a.In.V(n)*by); p != nil {
					t.Fatal(p)
				}
				b := core.Answer(&next)
				day := b.Out.V[core.CostPerDay].V
				if day > last*1.05 {
					t.Errorf("%s, %s times %g: $%.0f a day after $%.0f", key, scenario.Nums[n].Key, by, day, last)
				}
				last = math.Min(last, day)
			}
		}
	}
}
