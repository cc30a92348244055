// Asks @cloud-copilot/iam-simulate, an engine that nobody here wrote, about requests in the JSON of IAM's simulator.
// One line in, one decision out, in the same order.
import { createInterface } from 'node:readline'
import { anonymousPrincipal, runSimulation, runUnsafeSimulation } from '@cloud-copilot/iam-simulate'

const words = { Allowed: 'allowed', ExplicitlyDenied: 'explicitDeny', ImplicitlyDenied: 'implicitDeny' }
const policy = text => JSON.parse(text.replace(/^\uFEFF/, ''))
const named = list => list.map((text, index) => ({ name: `p${index}`, policy: policy(text) }))
// It adds RCPFullAWSAccess by itself and refuses it in the input.
const denials = text => ({ ...policy(text), Statement: policy(text).Statement.filter(one => one.Effect === 'Deny') })
const rcps = list =>
  levels(list).map(level => ({
    ...level,
    policies: level.policies
      .map(({ name, policy }) => ({ name, policy: denials(JSON.stringify(policy)) }))
      .filter(({ policy }) => policy.Statement.length),
  }))
const levels = list =>
  (list ?? []).map((level, index) => ({ orgIdentifier: `ou-${index}`, policies: named(level) }))

// The keys that AWS fills in, which it leaves to its user.
function filled({ CallerArn: caller, ResourceOwner: owner, ResourceArns: [arn] }) {
  const region = arn.split(':')[3]
  const keys = { 'aws:ResourceAccount': owner, 'aws:PrincipalIsAWSService': String(caller.endsWith('.amazonaws.com')) }
  if (region) keys['aws:RequestedRegion'] = region
  const [account, resource] = caller.split(':').slice(4)
  if (!/^\d{12}$/.test(account ?? '') || resource.includes('-provider/')) return keys
  const [kind, ...names] = resource.split('/')
  const sorts = { user: 'User', role: 'AssumedRole', 'assumed-role': 'AssumedRole', 'federated-user': 'FederatedUser' }
  keys['aws:PrincipalType'] = sorts[kind] ?? 'Account'
  keys['aws:PrincipalArn'] = kind === 'assumed-role' ? `arn:aws:iam::${account}:role/${names[0]}` : caller
  keys['aws:PrincipalAccount'] = keys['kms:CallerAccount'] = account
  if (kind === 'user') keys['aws:username'] = names.at(-1)
  return keys
}

async function decide(input) {
  const contextVariables = filled(input)
  for (const entry of input.ContextEntries ?? []) {
    const list = entry.ContextKeyType.endsWith('List')
    contextVariables[entry.ContextKeyName] = list ? entry.ContextKeyValues : entry.ContextKeyValues[0]
  }
  const simulation = {
    request: {
      principal: input.CallerArn === '*' ? anonymousPrincipal : input.CallerArn,
      action: input.ActionNames[0],
      resource: { resource: input.ResourceArns[0], accountId: input.ResourceOwner },
      contextVariables,
    },
    identityPolicies: named(input.PolicyInputList),
    permissionBoundaryPolicies: input.PermissionsBoundaryPolicyInputList && named(input.PermissionsBoundaryPolicyInputList),
    sessionPolicy: input.SessionPolicyInputList && policy(input.SessionPolicyInputList[0]),
    serviceControlPolicies: levels(input.ServiceControlPolicyInputList),
    resourceControlPolicies: rcps(input.ResourceControlPolicyInputList),
    resourcePolicy: input.ResourcePolicy && policy(input.ResourcePolicy),
  }
  // The door without validation keeps every context key, but knows neither resource policies, session policies
  // nor RCPs.
  if (!simulation.sessionPolicy && !simulation.resourcePolicy && !simulation.resourceControlPolicies.length) {
    return words[runUnsafeSimulation(simulation, {})]
  }
  const result = await runSimulation(simulation, {})
  if (result.resultType === 'error') return `refused: ${JSON.stringify(result.errors)}`
  return words[result.overallResult]
}

for await (const line of createInterface({ input: process.stdin })) {
  const { input } = JSON.parse(line)
  let decision
  try {
    decision = await decide(input)
  } catch (error) {
    decision = `refused: ${error.message}`
  }
  console.log(JSON.stringify({ decision }))
}
