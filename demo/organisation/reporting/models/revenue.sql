select date_trunc('day', paid_at) as day, sum(amount) as revenue
from payments
group by 1
