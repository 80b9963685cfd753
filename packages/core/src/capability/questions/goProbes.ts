// SPDX-License-Identifier: Apache-2.0
// Can uprobes trace this Go program without its co-operation: which libraries it has whose
// functions are known, and where the offsets of their structs would come from.
import { InputError } from '../../diagnostics/diagnostic.ts';
import { ElfFile } from '../../elf/elfFile.ts';
import type { GoBuildInfo } from '../../go/buildInfo.ts';
import { locatePclntab } from '../../go/pclntab/locate.ts';
import { LIMITS } from '../../limits.ts';
import type { Evidence, Finding, Question } from '../answer.ts';
import type { ExplainTarget } from '../target.ts';
import { parseVersion } from './agent.ts';

interface Library {
  readonly name: string;
  /** `std` for the standard library. Major version suffixes belong to it. */
  readonly module: string;
  /** Functions that are never inlined and enclose a request; one is enough. */
  readonly functions: readonly string[];
}

const OLDEST: readonly [number, number] = [1, 19];
const MACHINES: ReadonlySet<string> = new Set(['x86_64', 'aarch64']);

export const GO_LIBRARIES: readonly Library[] = [
  {
    name: 'net/http server',
    module: 'std',
    functions: ['net/http.serverHandler.ServeHTTP'],
  },
  {
    name: 'net/http client',
    module: 'std',
    functions: ['net/http.(*Transport).roundTrip'],
  },
  {
    name: 'database/sql',
    module: 'std',
    functions: ['database/sql.(*DB).queryDC', 'database/sql.(*DB).execDC'],
  },
  {
    name: 'gRPC server',
    module: 'google.golang.org/grpc',
    functions: ['google.golang.org/grpc.(*Server).handleStream'],
  },
  {
    name: 'gRPC client',
    module: 'google.golang.org/grpc',
    functions: ['google.golang.org/grpc.(*ClientConn).Invoke'],
  },
  {
    name: 'kafka-go',
    module: 'github.com/segmentio/kafka-go',
    functions: [
      'github.com/segmentio/kafka-go.(*Reader).FetchMessage',
      'github.com/segmentio/kafka-go.(*Writer).WriteMessages',
    ],
  },
  {
    name: 'sarama',
    module: 'github.com/IBM/sarama',
    functions: [
      'github.com/IBM/sarama.(*asyncProducer).dispatcher',
      'github.com/IBM/sarama.(*partitionConsumer).dispatcher',
    ],
  },
  {
    name: 'go-redis',
    module: 'github.com/redis/go-redis/v9',
    functions: ['github.com/redis/go-redis/v9.(*baseClient).process'],
  },
  {
    name: 'pgx',
    module: 'github.com/jackc/pgx/v5',
    functions: ['github.com/jackc/pgx/v5.(*Conn).Query', 'github.com/jackc/pgx/v5.(*Conn).Exec'],
  },
  {
    name: 'mongo-driver',
    module: 'go.mongodb.org/mongo-driver',
    functions: ['go.mongodb.org/mongo-driver/x/mongo/driver.Operation.Execute'],
  },
  {
    name: 'mongo-driver',
    module: 'go.mongodb.org/mongo-driver/v2',
    functions: ['go.mongodb.org/mongo-driver/v2/x/mongo/driver.Operation.Execute'],
  },
  {
    name: 'gin',
    module: 'github.com/gin-gonic/gin',
    functions: ['github.com/gin-gonic/gin.(*Engine).handleHTTPRequest'],
  },
  {
    name: 'echo',
    module: 'github.com/labstack/echo/v4',
    functions: ['github.com/labstack/echo/v4.(*Echo).ServeHTTP'],
  },
  {
    name: 'chi',
    module: 'github.com/go-chi/chi/v5',
    functions: ['github.com/go-chi/chi/v5.(*Mux).routeHTTP'],
  },
  {
    name: 'gorilla/mux',
    module: 'github.com/gorilla/mux',
    functions: ['github.com/gorilla/mux.(*Router).ServeHTTP'],
  },
  {
    name: 'OpenTelemetry API (manual spans)',
    module: 'go.opentelemetry.io/otel',
    functions: ['go.opentelemetry.io/otel/internal/global.(*tracer).newSpan'],
  },
];

export const goProbes: Question<ExplainTarget> = {
  id: 'go-probes',
  title: 'Go probes',
  answer: (target) => {
    const { facts } = target.executable;
    if (target.process?.snapshot.stat.isKernelThread) return no('a kernel thread is no Go program');
    if (target.process !== undefined && target.process.snapshot.imageThreadId === undefined) {
      return no('the process has ended (zombie)');
    }
    if (facts === undefined) {
      const reason = target.executable.problem ?? 'its executable could not be read';
      return { verdict: 'unknown', reason, evidence: [] };
    }
    if (facts.go === null) return no('not a Go program');
    const version = parseVersion(facts.go.goVersion.replace(/^go/, ''));
    if (version === undefined) {
      const says = facts.go.goVersion;
      const evidence = [{ from: 'Go build info', says }];
      return { verdict: 'unknown', reason: 'built by an unreleased Go', evidence };
    }
    const isTooOld = version[0] < OLDEST[0] || (version[0] === OLDEST[0] && version[1] < OLDEST[1]);
    const evidence = [{ from: 'Go build info', says: facts.go.goVersion }];
    if (isTooOld) {
      const reason = `${facts.go.goVersion} is older than ${OLDEST.join('.')}`;
      return { verdict: 'no', reason, evidence, hint: 'rebuild it with a supported Go' };
    }
    if (!MACHINES.has(facts.machine)) return no(`no probes for ${facts.machine}`);
    return judge(target, facts.go, facts.debug.debugForms);
  },
};

/** What was found of one library. */
interface Found {
  readonly name: string;
  readonly module: string;
  readonly version: string | undefined;
}

/** The name tables are megabytes: each program's is searched once, however often it runs. */
const searched = new WeakMap<GoBuildInfo, Search>();

interface Search {
  readonly found: readonly Found[];
  /** False when only the list of modules could be looked at. */
  readonly hasNames: boolean;
}

function search(target: ExplainTarget, go: GoBuildInfo): Search {
  const known = searched.get(go);
  if (known !== undefined) return known;
  const names = functionNames(target);
  const found: Found[] = [];
  for (const library of GO_LIBRARIES) {
    const version = library.module === 'std' ? go.goVersion : moduleVersion(go, library.module);
    // The module may be required and yet no function of it be linked in.
    const isLinked =
      names === undefined
        ? version !== undefined && library.module !== 'std'
        : library.functions.some((name) => names.includes(Buffer.from(`\0${name}\0`)));
    if (isLinked) found.push({ name: library.name, module: library.module, version });
  }
  const result = { found, hasNames: names !== undefined };
  searched.set(go, result);
  return result;
}

function judge(target: ExplainTarget, go: GoBuildInfo, debugForms: readonly string[]): Finding {
  const { found, hasNames } = search(target, go);
  const hasDwarf = debugForms.some((form) => form.startsWith('dwarf') || form === 'zdebug');
  const offsets = hasDwarf ? 'its own DWARF' : 'the table of known versions (it has no DWARF)';
  const evidence: Evidence[] = [
    {
      from: 'Go build info',
      says: `${go.goVersion}${go.path === undefined ? '' : `, ${go.path}`}`,
    },
    { from: 'pclntab', says: hasNames ? 'function names' : 'not read' },
  ];
  for (const { name, module, version } of found) {
    if (module === 'std') evidence.push({ from: 'pclntab', says: name });
    else evidence.push({ from: module, says: `${name} ${version ?? 'of unknown version'}` });
  }
  const details = {
    libraries: found,
    offsets: hasDwarf ? 'dwarf' : 'table',
    goVersion: go.goVersion,
  };
  if (found.length === 0) {
    const reason = `${go.goVersion}, but no library in it that probes are known for`;
    return { verdict: 'no', reason, evidence, details };
  }
  const list = found.map(({ name }) => name).join(', ');
  return {
    verdict: hasDwarf && hasNames ? 'yes' : 'partly',
    reason: `${go.goVersion}: ${list}; offsets by ${offsets}`,
    evidence,
    details,
  };
}

function moduleVersion(go: GoBuildInfo, path: string): string | undefined {
  const module = go.deps.find((dependency) => dependency.path === path);
  return module?.replace?.version ?? module?.version;
}

/** The name table of the pclntab; undefined when it cannot be found or read. */
function functionNames(target: ExplainTarget): Buffer | undefined {
  try {
    const source = target.openExecutable();
    try {
      const located = locatePclntab(new ElfFile(source));
      if (located === undefined) return undefined;
      const { fileOffset, names } = located.header;
      const wanted = Math.min(names.sizeBytes, LIMITS.singleReadBytes);
      return Buffer.from(source.read(fileOffset + names.at, wanted));
    } finally {
      source.close();
    }
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

function no(reason: string): Finding {
  return { verdict: 'no', reason, evidence: [] };
}
