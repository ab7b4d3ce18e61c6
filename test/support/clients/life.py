"""The life of a Hyper-V machine through the official Python client. Says a line after each step."""

import os
import time

from azure.core.credentials import AccessToken
from azure.core.exceptions import ResourceNotFoundError
from azure.mgmt.recoveryservices import RecoveryServicesClient
from azure.mgmt.recoveryservicessiterecovery import SiteRecoveryManagementClient

told = os.environ
fabric = told["LIFE_FABRIC"]
machine = told["LIFE_MACHINE"]
group = told["LIFE_GROUP"]
vault = told["LIFE_VAULT"]
hyper_v = {"instanceType": "HyperVReplicaAzure"}


class Credential:
    def get_token(self, *scopes, **options):
        return AccessToken(told["LIFE_TOKEN"], int(time.time()) + 3600)


options = {"base_url": told["LIFE_ENDPOINT"], "polling_interval": 0.2}
site = SiteRecoveryManagementClient(Credential(), told["LIFE_SUBSCRIPTION"], group, vault, **options)
vaults = RecoveryServicesClient(Credential(), told["LIFE_SUBSCRIPTION"], **options)


def say(step):
    print(step, flush=True)


def eventually(look):
    end = time.monotonic() + 60
    while time.monotonic() < end:
        found = look()
        if found:
            return found
        time.sleep(0.1)
    raise SystemExit("nothing came")


here = vaults.vaults.get(group, vault)
# A site of Hyper-V is what a fabric is where nothing else is said: the client has no word for it.
site.replication_fabrics.begin_create(fabric, {"properties": {}}).result()
policy = site.replication_policies.begin_create(
    fabric,
    {
        "properties": {
            "providerSpecificInput": {**hyper_v, "recoveryPointHistoryDuration": 4, "replicationInterval": 30}
        }
    },
).result()
[container] = site.replication_protection_containers.list_by_replication_fabrics(fabric)
where = (fabric, container.name)
site.replication_protection_container_mappings.begin_create(
    *where,
    "mapping",
    {
        "properties": {
            "targetProtectionContainerId": "Microsoft Azure",
            "policyId": policy.id,
        }
    },
).result()
say(f"paired {container.name}")

items = site.replication_protected_items
at = (*where, machine)
[found] = eventually(
    lambda: list(site.replication_protectable_items.list_by_replication_protection_containers(*where))
)
items.begin_create(
    *at,
    {
        "properties": {
            "policyId": policy.id,
            "protectableItemId": found.id,
            "providerSpecificDetails": {
                **hyper_v,
                "targetAzureNetworkId": told["LIFE_NETWORK"],
                "targetAzureV2ResourceGroupId": told["LIFE_TARGET_GROUP"],
            },
        }
    },
).result()
eventually(lambda: items.get(*at).properties.protection_state == "Protected")
eventually(lambda: list(site.recovery_points.list_by_replication_protected_items(*at)))
say("protected")

direction = {"failoverDirection": "PrimaryToRecovery", "providerSpecificDetails": hyper_v}
tested = items.begin_test_failover(
    *at, {"properties": {**direction, "networkType": "NoNetworkAsInput"}}
).result()
say(f"tested {tested.properties.test_failover_state}")
cleaned = items.begin_test_failover_cleanup(*at, {"properties": {"comments": "it came up"}}).result()
say(f"cleaned {cleaned.properties.test_failover_state}")
away = items.begin_planned_failover(*at, {"properties": direction}).result()
say(f"away {away.properties.protection_state}")
input()

committed = items.begin_failover_commit(*at).result()
say(f"committed {committed.properties.protection_state}")
items.begin_delete(*at, {"properties": {"disableProtectionReason": "NotSpecified"}}).result()
try:
    items.get(*at)
except ResourceNotFoundError as error:
    say(f"removed {error.error.code}")
jobs = [job for job in site.replication_jobs.list() if job.properties.target_object_name == machine]
say("jobs " + " ".join(sorted({job.properties.state for job in jobs})))
