import sys

from pyflink.table import DataTypes, EnvironmentSettings, TableEnvironment
from pyflink.table.udf import udf

import words

text, path = sys.argv[1:]
shout = udf(words.shout, result_type=DataTypes.STRING())
table = TableEnvironment.create(EnvironmentSettings.in_batch_mode())
table.create_temporary_function('shout', shout)
table.create_temporary_view('words', table.from_elements([(word,) for word in text.split()], ['word']))
table.execute_sql(f"""CREATE TABLE counts (word STRING, number BIGINT)
WITH ('connector' = 'filesystem', 'path' = '{path}', 'format' = 'csv')""")
table.execute_sql('INSERT INTO counts SELECT shout(word), COUNT(*) FROM words GROUP BY shout(word)').wait()
