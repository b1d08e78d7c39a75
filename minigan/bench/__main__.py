"""The process that measures one network: the job comes as an argument, the rows go out as JSON."""

import json
import sys

from minigan.bench.game import Job
from minigan.bench.layers import layer_rows
from minigan.bench.measure import step_row

if __name__ == "__main__":
    given = json.loads(sys.argv[1])
    job = Job(**given | {"shape": tuple(given["shape"])})
    for row in layer_rows(job) if job.layers else [step_row(job)]:
        print(json.dumps(row))
