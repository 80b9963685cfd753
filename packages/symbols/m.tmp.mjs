import { openElf, readSymbolTable, locateSymbolTable } from '@otelkit/core';
import { functionTableOf, findName } from '/work/main/packages/symbols/dist/native/functionTable.js';
import { LazyFunctions } from '/work/main/packages/symbols/dist/native/lazyFunctions.js';
import { SymbolScan } from '/work/main/packages/symbols/dist/native/symbolScan.js';
import { readKallsyms } from '/work/main/packages/symbols/dist/kernel/readKallsyms.js';
import { ProcFs } from '@otelkit/core';
const u=()=>{const c=process.cpuUsage();return (c.user+c.system)/1000;};
const [how,path]=process.argv.slice(2);
if(how==='kallsyms'){const a=u();readKallsyms(new ProcFs());console.log(how,(u()-a).toFixed(0));process.exit();}
const elf=openElf(path);const kind=locateSymbolTable(elf,'symtab')?'symtab':'dynsym';const loc=locateSymbolTable(elf,kind);
const text=elf.sections.find(s=>s.name==='.text');const base=Number(text.addr);const a=[];for(let i=0;i<60;i++)a.push(base+Math.floor((i+.5)*text.sizeBytes/60));
const r0=process.memoryUsage().rss;const t=u();
if(how==='table'){const f=functionTableOf(elf,readSymbolTable(elf,kind));for(const x of a)findName(f,x);}
else{const l=new LazyFunctions(SymbolScan.of(elf,loc),()=>{throw new Error();});l.prepare(a);for(const x of a)l.find(x);}
console.log(how,path,loc.count,(u()-t).toFixed(0),'ms',((process.memoryUsage().rss-r0)/1e6).toFixed(0),'MB');
