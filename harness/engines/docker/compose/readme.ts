import type { ComposePlan, PublishedPort } from './compose-file.ts'

/** What somebody needs to know who has the folder and not this project. */
export function readmeOf(plan: ComposePlan, ports: readonly PublishedPort[]): string {
  const { landscape, network, image } = plan
  const sample = ports.find(({ protocol }) => protocol === 'tcp')
  const hosts = landscape.hosts.map(({ name }) => name)
  const target = hosts[0] ?? ''
  const asker = hosts.at(-1) ?? target
  const asked = landscape.hosts[0]?.fqdn ?? ''
  const columns = ports.map(({ host, component, port, protocol, published }) => {
    const documented = protocol === 'udp' ? `${port}/udp` : String(port)
    const where = published === undefined ? 'a free port' : String(published)
    return `| ${host} | ${network.addresses[host]} | ${component} | ${documented} | ${where} |`
  })
  return `# ${landscape.name}

The landscape \`${landscape.name}\` (${landscape.domain}) as containers. Each host is a service; addresses are fixed, and names come
from the landscape alone.
${plan.notes.map((note) => `\n- ${note}`).join('')}${plan.notes.length === 0 ? '' : '\n'}
## Start and stop

The image must be on the machine's Docker engine:

    docker image inspect ${image.name}

Where it is missing, bring it from a machine that has it:

    docker save ${image.name} | gzip > image.tar.gz      # there
    docker load < image.tar.gz                           # here

Then, with \`docker compose\` or \`docker-compose\` (1.29 or later), in this folder:

    docker compose up -d      # hosts start when those that they need are healthy; with v2, --wait waits for all
    docker compose ps         # what is healthy, and where ports are
    docker compose logs -f    # what every component sees
    docker compose down -v    # leaves nothing

${besidesText(plan)}Which parts are the vendors' own programs, and which versions, each host says when they stand (\`docker compose logs | grep stands\`).

Where the engine says that the pool overlaps with another one, move the network to addresses that are free:

    ${moved(network.subnet)}

## Where things are

Ports are published on 127.0.0.1 alone${sample === undefined ? '' : publishedText(sample)}. On Linux the addresses answer as well.

| host | address | component | port | on 127.0.0.1 |
|---|---|---|---|---|
${columns.join('\n')}

\`root.pem\` is the root of every certificate of the organisation, \`public-root.pem\` that of the landscape's public authority:

    curl --cacert root.pem …    openssl s_client -CAfile root.pem …

Certificates are good for the hosts' names, their addresses and 127.0.0.1. Each start makes them anew.

## From a host's point of view

    docker compose exec ${asker} landscape probe ${asker} dns name=${asked}
    docker compose exec ${asker} openssl s_client -connect ${asked}:PORT -CAfile /etc/landscape-lab/root.pem
    docker compose exec ${asker} landscape --help      # probes: dns, tcp, tls, http, websocket, sql, smtp

What fails is injected where the traffic arrives, and taken back there:

    docker compose exec ${target} landscape inject drop:from=${asker},to=${target}
    docker compose exec ${target} landscape clear all

## What is secret

\`secrets/\` holds the landscape's passwords and the keys of each host's issuing authority; \`.gitignore\` keeps it out of Git. Give it to
nobody who should not have them, and never add \`root.pem\` to the trust store of a system or a browser that you use for anything else:
whoever has \`secrets/\` can make certificates that it accepts. The files must be readable by the engine's root user.
`
}

/** What to know of services that stand in the network of another one. */
const besidesText = ({ besides }: ComposePlan): string =>
  besides
    .map(({ host, service, wanted }) => {
      const { name, licence } = wanted
      const accept =
        licence === undefined || licence.accepted
          ? ''
          : `
Nobody has accepted its licence (${licence.address}) yet: \`${licence.variable}=Y docker compose up -d\` does.`
      return `The service \`${service}\` is ${name}, which the engine must have, or fetches. It stands in the network of \`${host}\`, whose port
leads to it, and \`${service}-files\` ends as soon as its certificate and key are there. Its data stay until \`down -v\`.${accept}
Whoever restarts \`${host}\` restarts it too, afterwards: its network went with the host's container.

    docker compose restart ${host} && docker compose restart ${service}

`
    })
    .join('')

const publishedText = ({ host, port, published }: PublishedPort): string =>
  published === undefined ? `, at free ports (\`docker compose port ${host} ${port}\` names one)` : ''

const moved = (subnet: string): string => {
  const [prefix] = /^\d+\.\d+\.\d+\.(?=0\/24$)/.exec(subnet) ?? []
  if (prefix === undefined) return 'landscape export compose … --subnet 10.77.0.0/16     # by who exported it'
  const escaped = prefix.replaceAll('.', '\\.')
  return `sed -i.before 's/${escaped}/198.18.77./g' compose.yaml resolv*.conf secrets/landscape.json`
}
