"""Signs the requests of schemathesis, leads most of them to a target and a cluster that exist, and checks each answer."""

import os
import random

import schemathesis
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from requests.auth import AuthBase

CREDENTIALS = Credentials(os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"])
SIGNER = SigV4Auth(CREDENTIALS, "execute-api", os.environ["AWS_REGION"])
KNOWN = {"target": os.environ["FUZZ_TARGET"], "clusterId": os.environ["FUZZ_CLUSTER"]}
# A random target or cluster does not exist, so that nothing but the path would be tested.
KNOWN_SHARE = {"target": 1.0, "clusterId": 0.8}
# The failures of another service, with the code that docs/problems.md documents. Every other 5xx is a bug.
DOCUMENTED = {"target-refused", "target-unreachable", "deadline-exceeded", "not-ready", "version-mismatch"}


class Signature(AuthBase):
    def __call__(self, request):
        signed = AWSRequest(method=request.method, url=request.url, data=request.body)
        SIGNER.add_auth(signed)
        request.headers.update({name: value for name, value in signed.headers.items() if name.lower() != "host"})
        return request


schemathesis.auth.set_from_requests(Signature())


@schemathesis.hook
def before_call(context, case, kwargs):
    """Hooks of generated values do not see the values of examples, whose target is one of other tests."""
    path = case.path_parameters or {}
    choice = random.Random(repr(sorted(path.items())))
    for name, share in KNOWN_SHARE.items():
        if name in path and choice.random() < share:
            path[name] = KNOWN[name]
    # No client can send a header with other characters.
    for name in [name for name, value in (case.headers or {}).items() if not str(value).isascii()]:
        del case.headers[name]


@schemathesis.check
def documented_failure(context, response, case):
    if response.status_code < 500:
        return
    problem = response.json()
    assert problem.get("code") in DOCUMENTED, f"{response.status_code} with {problem}"
