package state
import ("testing";"flopbook/core";"fmt";"time";"flopbook/core/unit")
func TestZZ(t *testing.T){
 s:=Worked(); t0:=time.Now(); a:=core.Answer(&s); d:=time.Since(t0)
 t0=time.Now(); for i:=0;i<100;i++{core.AnswerInto(&s,&a)}; fmt.Println(d, time.Since(t0)/100)
 for k:=range core.Quantities { v,sp:=unit.Text(core.Quantities[k].Kind,a.Out.V[k]); fmt.Println(core.Quantities[k].Name, a.Out.Known[k], v,"|",sp,"|",unit.Words(core.Quantities[k].Kind,a.Out.V[k].V)) }
 for _,w:=range a.Out.Warnings(){fmt.Println(core.WarningText(w))}
 for _,p:=range a.Problems{fmt.Println(p)}
 b:=core.Explain(&a.In,&a.Out); fmt.Println(b.Err()); for _,st:=range b.Trail("days"){fmt.Println(st.Text());fmt.Println(st.Says,"//",st.Ignores); for _,i:=range st.Inputs{fmt.Println("   ",i.Label,i.Shown(),i.Origin,i.Source,i.Date,i.Note)}}
 fmt.Println(Shown(&a.Out))
}
