import { Grants } from '../../controller/token-server/grants.ts'
import { PeerBook } from '../../controller/token-server/peer-book.ts'
import { RedemptionDesk } from '../../controller/token-server/redemption-desk.ts'
import { RenewalDesk } from '../../controller/token-server/renewal-desk.ts'
import { TokenServer } from '../../controller/token-server/token-server.ts'
import { openStore } from '../../core/store/store.ts'
import { issuingSite } from './issuing-site.ts'
import { RecordedLog } from './recorded-log.ts'
import { serverCredentials } from './server-credentials.ts'

// A token server as a process of its own: prints where it listens and whom to trust, as one line of JSON. With `crash`
// it is killed once a redemption is counted on disk, before it answers.

const [dir = '', mode] = process.argv.slice(2)
const store = openStore({ dir, namespace: 'east' })
const log = new RecordedLog()
const [site, credentials] = await Promise.all([issuingSite(Date.now()), serverCredentials()])
const grants = new Grants(store)
await grants.reconcile({ kind: 'serving', baseUrl: 'https://127.0.0.1', ca: credentials.ca }, new Date())

const crashing = new Grants({
  list: (kind) => store.list(kind),
  get: (kind, name) => store.get(kind, name),
  deleteRuntime: (kind, name) => store.deleteRuntime(kind, name),
  applyRuntime: async (resource) => {
    await store.applyRuntime(resource)
    process.kill(process.pid, 'SIGKILL')
  },
})

const shared = { peers: new PeerBook(store), site: () => Promise.resolve(site), now: Date.now, log }
const desks = {
  redemptions: new RedemptionDesk({ grants: mode === 'crash' ? crashing : grants, ...shared }),
  renewals: new RenewalDesk(shared),
}
const server = await TokenServer.listen({ host: '127.0.0.1', port: 0, credentials, desks, now: Date.now, log })
process.stdout.write(`${JSON.stringify({ port: server.port, ca: credentials.ca })}\n`)
