// node shot.mjs URLHASH NAME [w,h] [dark] [full]
import { browse, live, serve } from "./lib.mjs";
const [hash,name,w="390",dark="light",full="1",act=""]=process.argv.slice(2);
const host=await serve(); const b=await browse();
const c=await b.newContext({viewport:{width:+w,height:+w<500?844:800},colorScheme:dark,isMobile:+w<500,hasTouch:+w<500});
const p=await c.newPage(); const errs=[]; p.on("console",m=>{if(m.type()=="error")errs.push(m.text())}); p.on("pageerror",e=>errs.push(e.message));
await p.goto(host.url+hash); await live(p); await p.waitForTimeout(1200);
if(act) await p.evaluate(act).then(r=>console.log(JSON.stringify(r))); await p.waitForTimeout(400);
await p.screenshot({path:"/tmp/shots/"+name+".png",fullPage:full==="1"}); console.log("y",await p.evaluate(()=>[scrollY,document.documentElement.scrollWidth,innerWidth,document.documentElement.scrollHeight])); console.log(errs.join("\n"));
await b.close(); host.close();
